import dagre from '@dagrejs/dagre';
import type { Box, Laid, Wanted } from './layout.ts';

/** Lays tables out away from the page, so that it never waits: tables with relations by dagre, the others packed below in a grid. */
self.onmessage = ({ data }: MessageEvent<Wanted>): void => {
  const { boxes, lines } = data;
  const tied = new Set(lines.flatMap(({ from, to }) => (from === to ? [] : [from, to])));
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 24, ranksep: 72 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) if (tied.has(id)) graph.setNode(id, { width, height });
  for (const { from, to } of lines) if (from !== to) graph.setEdge(from, to);
  dagre.layout(graph);
  const at = new Map<string, { x: number; y: number }>();
  let bottom = 0;
  let right = 960;
  for (const { id, width, height } of boxes) {
    if (!tied.has(id)) continue;
    const { x, y } = graph.node(id) as { readonly x: number; readonly y: number };
    at.set(id, { x: x - width / 2, y: y - height / 2 });
    bottom = Math.max(bottom, y + height / 2 + 48);
    right = Math.max(right, x + width / 2);
  }
  let [x, y, tallest] = [0, bottom, 0];
  for (const { id, width, height } of boxes) {
    if (tied.has(id)) continue;
    if (x + width > right) [x, y, tallest] = [0, y + tallest + 24, 0];
    at.set(id, { x, y });
    x += width + 24;
    tallest = Math.max(tallest, height);
    bottom = Math.max(bottom, y + height);
  }
  const laid: Laid = {
    boxes: boxes.map((box: Box) => ({ ...box, ...(at.get(box.id) ?? { x: 0, y: 0 }) })),
    width: right + 24,
    height: bottom + 24,
  };
  self.postMessage(laid);
};
