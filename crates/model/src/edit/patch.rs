//! Stretches of a text with what comes in their place.

/// A stretch of a text, in bytes, and what comes in its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Patch {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

impl Patch {
    pub(super) fn insert(at: usize, text: String) -> Self {
        Self { start: at, end: at, text }
    }

    pub(super) fn replace(start: usize, end: usize, text: String) -> Self {
        Self { start, end, text }
    }

    pub(super) fn remove(start: usize, end: usize) -> Self {
        Self { start, end, text: String::new() }
    }
}

/// The text with all patches; `None` where two of them get into each other's way.
pub(super) fn patched(text: &str, mut patches: Vec<Patch>) -> Option<String> {
    // Stable: what is inserted at one place keeps its order, and stands in front of what goes from there.
    patches.sort_by_key(|patch| (patch.start, patch.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for patch in patches {
        out.push_str(text.get(at..patch.start)?);
        out.push_str(&patch.text);
        at = patch.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
