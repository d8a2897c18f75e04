//! `accounts:` of a section: names, `unit:PATH`, `tag:KEY=VALUE`, `all`, and `!` to take away.

use std::collections::BTreeSet;

use crate::read::context::Context;
use crate::read::known::Known;
use crate::read::node::Node;
use crate::read::scalar::{filled_list, text};
use crate::read::suggest::clip;
use crate::{AccountName, AccountSet, Diagnostic, Place, codes};

/// Expands a selector. Terms count from left to right.
pub(crate) fn select(cx: &mut Context<'_>, known: &Known, node: &Node) -> Option<AccountSet> {
    let terms = filled_list(cx, node)?;
    let mut idle = Vec::new();
    let mut set: BTreeSet<&AccountName> = BTreeSet::new();
    let mut sound = true;
    for (index, item) in terms.iter().enumerate() {
        let Some(written) = text(cx, item) else {
            sound = false;
            continue;
        };
        let (takes_away, term) = written.strip_prefix('!').map_or((false, written), |rest| (true, rest));
        if takes_away && index == 0 {
            cx.report(
                Diagnostic::error(codes::SELECTOR, item.place, "there is nothing yet to take away from")
                    .help(format!("begin with what to take it away from: [all, \"{}\"]", clip(written))),
            );
            sound = false;
        }
        let Some(accounts) = expand(cx, known, term, item.place) else {
            sound = false;
            continue;
        };
        if accounts.is_empty() {
            idle.push((term, item.place));
        }
        for account in accounts {
            if takes_away {
                set.remove(account);
            } else {
                set.insert(account);
            }
        }
    }
    if set.is_empty() && sound && !known.incomplete {
        cx.report(
            Diagnostic::error(codes::EMPTY_SELECTION, node.place, "no account is selected")
                .label("comes to nothing")
                .help("name an account, or take the whole entry out"),
        );
        sound = false;
    } else if !known.incomplete {
        for (term, place) in idle {
            warn_idle(cx, term, place);
        }
    }
    (sound || !set.is_empty()).then(|| set.into_iter().cloned().collect())
}

fn expand<'k>(cx: &mut Context<'_>, known: &'k Known, term: &str, place: Place) -> Option<Vec<&'k AccountName>> {
    if term == "all" {
        return Some(known.all().collect());
    }
    if let Some(path) = term.strip_prefix("unit:") {
        let unit = known.unit(cx, path, place)?;
        return Some(known.in_unit(unit.as_str()).iter().collect());
    }
    if let Some(tag) = term.strip_prefix("tag:") {
        let Some((key, value)) = tag.split_once('=') else {
            cx.report(
                Diagnostic::error(codes::SELECTOR, place, format!("`{}` has no `=`", clip(term)))
                    .help("write \"tag:KEY=VALUE\", such as \"tag:env=prod\""),
            );
            return None;
        };
        return Some(known.with_tag(key, value).iter().collect());
    }
    known.account_named(cx, term, place).map(|account| vec![account])
}

fn warn_idle(cx: &mut Context<'_>, term: &str, place: Place) {
    cx.report(
        Diagnostic::warning(codes::EMPTY_TERM, place, format!("`{}` matches no account", clip(term)))
            .help("it will select accounts as soon as some match; if that is not meant, check its spelling"),
    );
}

#[cfg(test)]
mod tests {
    use crate::read::tests::trial::{SOUND, files};

    fn selected(selector: &str) -> Vec<String> {
        let text = SOUND.replace("[all, \"!management\"]", selector).replace("units: [", "units: [workloads/prod/eu, ").replace(
            "boundaries:",
            "  eu: { email: aws+eu@acme.example, unit: workloads/prod/eu, tags: { env: prod, x: \"a=b\" } }\nboundaries:",
        );
        let loaded = files(&[("landfall.yaml", &text)]);
        assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
        let break_glass = loaded.foundation.unwrap().break_glass.unwrap();
        break_glass.accounts.iter().map(|account| account.as_str().to_owned()).collect()
    }

    #[test]
    fn terms_count_from_left_to_right() {
        assert_eq!(selected("[all]"), ["app", "eu", "management", "security"]);
        assert_eq!(selected("[all, \"!unit:workloads\"]"), ["management", "security"]);
        assert_eq!(selected("[all, \"!unit:workloads\", eu]"), ["eu", "management", "security"]);
        assert_eq!(selected("[all, eu, \"!all\", app]"), ["app"]);
        assert_eq!(selected("[\"tag:env=prod\", \"!eu\"]"), ["app"]);
    }

    #[test]
    fn a_unit_means_everything_under_it() {
        assert_eq!(selected("[\"unit:workloads\"]"), ["app", "eu"]);
        assert_eq!(selected("[\"unit:workloads/prod\"]"), ["app", "eu"]);
        assert_eq!(selected("[\"unit:workloads/prod/eu\"]"), ["eu"]);
    }

    #[test]
    fn a_tags_value_may_have_an_equals_sign() {
        assert_eq!(selected("[\"tag:x=a=b\"]"), ["eu"]);
    }
}
