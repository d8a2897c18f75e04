//! What waits for what, and why. Every edge carries its reason.

mod builder;
mod cycle;
mod dag;
mod dot;
mod json;
mod mermaid;
mod svg;
mod text;

#[cfg(test)]
mod tests;

pub use dag::{Graph, Wait};
