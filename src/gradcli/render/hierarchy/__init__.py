"""A large graph as a hierarchy of pictures: how it is divided into groups, and what each picture shows."""
