//! The graph as a picture: a lane an account, and from left to right what has to stand before.

use std::collections::HashMap;
use std::fmt::Write as _;

use landfall_model::AccountName;

use super::dag::Graph;
use super::dot::label;
use crate::StepId;

/// The height of a box, and the space below it, in pixels.
const BOX: usize = 22;
const GAP: usize = 8;
/// The space between columns, in which the arrows bend.
const CHANNEL: usize = 56;
/// The width of a letter: the text is set in a font whose letters are all as wide, at 12 pixels.
const LETTER: usize = 8;
/// The space around the text of a box, around a lane, and above it for its name.
const PADDING: usize = 8;
const HEADING: usize = 24;

const STYLE: &str = "\
  text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328; }
  .lane { fill: #f6f8fa; stroke: #d1d9e0; }
  .name { font-weight: bold; }
  .node rect { fill: #ffffff; stroke: #59636e; }
  .arrow { fill: none; stroke: #59636e; stroke-opacity: 0.35; }
  .arrow:hover { stroke: #cf222e; stroke-opacity: 1; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; } text { fill: #f0f6fc; }
    .lane { fill: #151b23; stroke: #3d444d; } .node rect { fill: #0d1117; stroke: #9198a1; }
    .arrow { stroke: #9198a1; }
  }
";

/// Where a node stands: the upper left corner of its box, and the box's width.
struct Spot {
    x: usize,
    y: usize,
    width: usize,
}

impl Graph {
    /// The graph as an SVG picture, a lane an account. A node stands in the column right of all that it waits for, so
    /// that a column is what could be under way at once. Arrows say why when the pointer rests on them. Nothing runs in
    /// it, and it takes nothing from elsewhere.
    pub fn to_svg(&self) -> String {
        let depths = self.depths();
        let lanes = self.by_account();
        let columns = columns(&depths);
        let mut spots: HashMap<&StepId, Spot> = HashMap::with_capacity(self.len());
        let mut bands: Vec<(Option<&AccountName>, usize, usize)> = Vec::with_capacity(lanes.len());
        let mut top = PADDING;
        for (account, nodes) in lanes {
            let mut filled = vec![0usize; columns.len()];
            for id in nodes {
                let depth = depths[id];
                let y = top + HEADING + filled[depth] * (BOX + GAP);
                filled[depth] += 1;
                spots.insert(id, Spot { x: columns[depth], y, width: width(id) });
            }
            let rows = filled.into_iter().max().unwrap_or(0);
            let height = HEADING + rows * (BOX + GAP) + PADDING;
            bands.push((account, top, height));
            top += height + PADDING;
        }
        let right = spots.values().map(|spot| spot.x + spot.width).max().unwrap_or(0) + 2 * PADDING;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{right}\" height=\"{top}\" \
             viewBox=\"0 0 {right} {top}\" role=\"img\">\n<title>What waits for what</title>\n<style>\n{STYLE}</style>\n"
        );
        for (account, y, height) in bands {
            let name = account.map_or("organization and units", AccountName::as_str);
            let _ = writeln!(
                out,
                "<rect class=\"lane\" x=\"{PADDING}\" y=\"{y}\" width=\"{}\" height=\"{height}\" rx=\"4\"/>\n\
                 <text class=\"name\" x=\"{}\" y=\"{}\">{}</text>",
                right - 2 * PADDING,
                2 * PADDING,
                y + 16,
                escape(name)
            );
        }
        for (waiter, needed, wait) in self.edges() {
            let (Some(from), Some(to)) = (spots.get(needed), spots.get(waiter)) else { continue };
            let (x1, y1, x2, y2) = (from.x + from.width, from.y + BOX / 2, to.x, to.y + BOX / 2);
            let _ = writeln!(
                out,
                "<path class=\"arrow\" d=\"M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}\"><title>{} → {}: {}</title></path>",
                x1 + CHANNEL,
                x2 - CHANNEL,
                escape(&needed.to_string()),
                escape(&waiter.to_string()),
                escape(&wait.reason.to_string())
            );
        }
        for id in self.order() {
            let Spot { x, y, width } = spots[id];
            let _ = writeln!(
                out,
                "<g class=\"node\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BOX}\" \
                 rx=\"3\"/><text x=\"{}\" y=\"{}\">{}</text></g>",
                escape(&id.to_string()),
                x + PADDING,
                y + 15,
                escape(&label(id))
            );
        }
        out.push_str("</svg>\n");
        out
    }

    /// For each node the number of nodes on the longest way to it.
    fn depths(&self) -> HashMap<&StepId, usize> {
        let mut depths: HashMap<&StepId, usize> = self.order().map(|id| (id, 0)).collect();
        // Edges come in topological order of who waits, so that what is needed has its depth already.
        for (waiter, needed, _) in self.edges() {
            let least = depths[needed] + 1;
            if let Some(depth) = depths.get_mut(waiter) {
                *depth = (*depth).max(least);
            }
        }
        depths
    }
}

/// Where each column begins: each is as wide as its widest box.
fn columns(depths: &HashMap<&StepId, usize>) -> Vec<usize> {
    let mut widths = vec![0usize; depths.values().max().map_or(0, |deepest| deepest + 1)];
    for (id, depth) in depths {
        widths[*depth] = widths[*depth].max(width(id));
    }
    let mut x = 2 * PADDING;
    widths
        .into_iter()
        .map(|width| {
            let begin = x;
            x += width + CHANNEL;
            begin
        })
        .collect()
}

fn width(id: &StepId) -> usize {
    label(id).chars().count() * LETTER + 2 * PADDING
}

/// Text inside an element of XML.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}
