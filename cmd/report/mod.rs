//! The only code that prints. stdout is data, stderr is talk.

mod change;
mod diagnostics;
mod difference;
mod failure;
mod finding;
mod inventory;
mod ledger;
mod lines;
mod manifest;
mod paint;
mod plan;
mod plan_json;
mod plan_markdown;
mod progress;
mod reading;
mod run;
mod sandbox;
mod standing;
mod summary;
mod terminal;
mod words;

pub(crate) use diagnostics::{Files, diagnostics, objections, totals};
pub(crate) use difference::{difference, difference_lines};
pub(crate) use failure::{error, usage};
pub(crate) use finding::finding;
pub(crate) use inventory::inventory;
pub(crate) use manifest::{MANIFEST, MANIFEST_SCHEMA, manifest, stack_list, stack_table, template_path};
pub(crate) use paint::Paint;
pub(crate) use plan::{Detail, plan, plan_before_run};
pub(crate) use reading::Reading;
pub(crate) use run::RunView;
pub(crate) use sandbox::sandbox;
pub(crate) use summary::summary;
pub(crate) use terminal::Terminal;
pub(crate) use words::{clean, count, elapsed};
