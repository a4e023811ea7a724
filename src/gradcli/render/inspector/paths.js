// Paths from a node to an output, along edges that carry a derivative.

const MOST_PATHS = 8;
const MOST_ROWS = 40;
const ancestors = new Map();
const counts = new Map();

function live(link) {
  return !links[link].detached;
}

function closure(from, step) {
  const seen = new Set([from]);
  for (const node of seen) for (const next of step(node)) seen.add(next);
  return seen;
}

// The nodes that an output depends on, itself among them.
function ancestorsOf(top) {
  if (!ancestors.has(top)) {
    const into = (node) => linksInto[node].filter(live).map((link) => links[link].source);
    ancestors.set(top, closure(top, into));
  }
  return ancestors.get(top);
}

// The edges from a node that lie on paths to an output.
function edgesTowards(node, top) {
  const towards = ancestorsOf(top);
  if (node === top || !towards.has(node)) return [];
  return linksFrom[node].filter((link) => live(link) && towards.has(links[link].target));
}

// The nodes and edges on paths from a node to an output.
function between(node, top) {
  const found = { nodes: new Set(), links: new Set() };
  if (!ancestorsOf(top).has(node)) return found;
  found.nodes = closure(node, (at) => edgesTowards(at, top).map((link) => links[link].target));
  for (const at of found.nodes) edgesTowards(at, top).forEach((link) => found.links.add(link));
  return found;
}

// How many paths lead to an output from each node that it depends on: counted once, from the output down.
function countPaths(top) {
  if (!counts.has(top)) {
    const count = new Map([[top, 1]]);
    for (const node of [...ancestorsOf(top)].sort((a, b) => b - a)) {
      if (node !== top) count.set(node, edgesTowards(node, top).reduce((sum, link) => sum + count.get(links[link].target), 0));
    }
    counts.set(top, count);
  }
  return counts.get(top);
}

// Every path as a list of edges; only asked for where they are few.
function listPaths(node, top) {
  const waiting = [{ at: node, edges: null }];
  const paths = [];
  while (waiting.length) {
    const { at, edges } = waiting.pop();
    if (at === top) paths.push(unrolled(edges));
    for (const link of edgesTowards(at, top).reverse()) waiting.push({ at: links[link].target, edges: { link, before: edges } });
  }
  return paths;
}

// The edges of a path that was put together from its end.
function unrolled(edges) {
  const found = [];
  for (let at = edges; at; at = at.before) found.push(at.link);
  return found.reverse();
}
