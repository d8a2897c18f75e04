//! Divides what does not fit into one template, so that adding one item moves no other.
//!
//! A part is a node of a trie with a fan-out of 16 over the SHA-256 of the items' names. A part that overflows keeps the
//! items whose next hex digit is `0` and gives the rest to children named by the digit, `1` to `f`. Where an item stands
//! follows from its own name and from which parts overflow, and from nothing else: adding or removing an item moves
//! others only when it makes a part overflow, or fit again.
//!
//! What the alternatives do: filling parts in order moves everything behind an item that is removed; `hash % n` moves
//! nearly everything when `n` changes; a ring of hashes moves `1/n` of everything whenever a part is added. For IAM, a
//! role that moves between stacks is deleted and made anew under the same name, and its users fail in between.

use crate::Digest;

/// Items that stand in one stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part<'a, T> {
    /// What the stack's name ends with, without `-`; empty for the first part.
    pub(crate) path: String,
    /// The path of the part that this one was split from.
    pub(crate) parent: Option<String>,
    /// The items, in their order. A part may have given all of its items away.
    pub(crate) items: Vec<&'a T>,
}

/// Divides items until every part fits. `fits` is asked with a part's path. A part with one item is never divided, but
/// for the first part, which carries what is shared by all and may give even the last item away.
pub(crate) fn split<'a, T>(
    items: impl IntoIterator<Item = &'a T>,
    name: impl Fn(&T) -> &str,
    mut fits: impl FnMut(&str, &[&'a T]) -> bool,
) -> Vec<Part<'a, T>> {
    let hashed = items.into_iter().map(|item| (Digest::of(name(item)), item)).collect();
    let mut parts = Vec::new();
    divide(String::new(), hashed, &mut fits, &mut parts);
    parts
}

fn divide<'a, T>(
    node: String,
    items: Vec<(Digest, &'a T)>,
    fits: &mut impl FnMut(&str, &[&'a T]) -> bool,
    parts: &mut Vec<Part<'a, T>>,
) {
    let path = node.trim_end_matches('0').to_owned();
    let plain: Vec<&T> = items.iter().map(|(_, item)| *item).collect();
    let indivisible = if path.is_empty() { plain.is_empty() } else { plain.len() <= 1 };
    if indivisible || node.len() >= 64 || fits(&path, &plain) {
        let parent = path.char_indices().next_back().map(|(last, _)| path[..last].trim_end_matches('0').to_owned());
        parts.push(Part { path, parent, items: plain });
        return;
    }
    let mut children: [Vec<(Digest, &T)>; 16] = Default::default();
    for (digest, item) in items {
        let digit = digest.as_str().as_bytes().get(node.len()).and_then(|byte| char::from(*byte).to_digit(16));
        if let Some(child) = children.get_mut(digit.unwrap_or_default() as usize) {
            child.push((digest, item));
        }
    }
    for (digit, child) in (0_u32..).zip(children) {
        // The child `0` is the part itself, which stands even when nothing is left in it: the others wait for it.
        if digit == 0 || !child.is_empty() {
            let mut below = node.clone();
            below.extend(char::from_digit(digit, 16));
            divide(below, child, fits, parts);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    const ROOM: usize = 5;

    /// Where every name stands, and how many parts overflowed on the way there.
    fn places(names: &BTreeSet<String>) -> (BTreeMap<String, String>, usize) {
        let mut overflows = 0;
        let parts = split(
            names,
            |name| name,
            |_, items| {
                let fits = items.len() <= ROOM;
                overflows += usize::from(!fits);
                fits
            },
        );
        let paths: BTreeSet<&str> = parts.iter().map(|part| part.path.as_str()).collect();
        assert_eq!(paths.len(), parts.len(), "every part has a name of its own");
        for part in &parts {
            assert!(part.items.len() <= ROOM);
            match &part.parent {
                None => assert_eq!(part.path, ""),
                Some(parent) => assert!(paths.contains(parent.as_str()), "{} waits for {parent}", part.path),
            }
        }
        let placed = parts.iter().flat_map(|part| part.items.iter().map(|name| ((*name).clone(), part.path.clone())));
        (placed.collect(), overflows)
    }

    #[test]
    fn what_fits_is_one_part() {
        let names: BTreeSet<String> = ["a", "b"].map(str::to_owned).into();
        assert_eq!(places(&names).0.into_values().collect::<BTreeSet<_>>(), BTreeSet::from([String::new()]));
    }

    #[test]
    fn the_first_part_stands_even_when_it_is_empty() {
        let names: Vec<String> = vec!["a".to_owned()];
        let parts = split(&names, |name| name, |path, _| !path.is_empty());
        let shown: Vec<_> = parts.iter().map(|part| (part.path.as_str(), part.items.len())).collect();
        assert_eq!(shown, [("", 0), ("c", 1)], "SHA-256 of `a` begins with c");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn adding_an_item_moves_no_other_unless_a_part_overflows(
            names in proptest::collection::btree_set("[a-z]{1,12}", 1..200),
            extra in "[A-Z]{4}",
        ) {
            let (before, overflows_before) = places(&names);
            let mut more = names.clone();
            more.insert(extra.clone());
            let (mut after, overflows_after) = places(&more);
            let at = after.remove(&extra).unwrap();
            prop_assert_eq!(before.len(), after.len());
            if overflows_before == overflows_after {
                prop_assert_eq!(before, after);
            } else {
                // Only the part into which the new one went was divided.
                for (name, path) in &before {
                    if after[name] != *path {
                        prop_assert!(at.starts_with(path.as_str()), "{name} moved from `{path}`, the new one is in `{at}`");
                    }
                }
            }
        }
    }
}
