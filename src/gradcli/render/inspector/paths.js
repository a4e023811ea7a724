// Paths from a node to an output, along edges that carry a derivative.

const MOST_PATHS = 8;
const ancestors = new Map();

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

// The nodes and edges on paths from a node to an output.
function between(node, top) {
  const towards = ancestorsOf(top);
  const found = { nodes: new Set(), links: new Set() };
  if (!towards.has(node)) return found;
  const out = (at) => linksFrom[at].filter((link) => live(link) && towards.has(links[link].target));
  found.nodes = closure(node, (at) => (at === top ? [] : out(at).map((link) => links[link].target)));
  for (const at of found.nodes) if (at !== top) out(at).forEach((link) => found.links.add(link));
  return found;
}

// How many paths lead on from each of the nodes; arguments come before their users.
function countPaths(found, top) {
  const count = new Map([[top, 1]]);
  for (const node of [...found.nodes].sort((a, b) => b - a)) {
    if (count.has(node)) continue;
    const onward = linksFrom[node].filter((link) => found.links.has(link));
    count.set(node, onward.reduce((sum, link) => sum + count.get(links[link].target), 0));
  }
  return count;
}

// Every path as a list of edges; only asked for where they are few.
function listPaths(node, found, top) {
  const waiting = [{ at: node, edges: [] }];
  const paths = [];
  while (waiting.length) {
    const { at, edges } = waiting.pop();
    if (at === top) paths.push(edges);
    else for (const link of [...linksFrom[at]].reverse()) {
      if (found.links.has(link)) waiting.push({ at: links[link].target, edges: [...edges, link] });
    }
  }
  return paths;
}
