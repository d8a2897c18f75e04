//! What stands in the sandbox.

use landfall_sandbox::{Tampering, View};

use crate::report::{Paint, count};

/// The accounts with their stacks and roles.
pub(crate) fn sandbox(paint: Paint, view: &View) -> String {
    let mut out = match &view.organization {
        Some(organization) => {
            format!("{} of management account {}\n", paint.bold(&organization.id), organization.management)
        }
        None => "no organization yet\n".to_owned(),
    };
    for unit in &view.units {
        out.push_str(&format!("  unit {}\n", unit.path));
    }
    for guardrail in &view.guardrails {
        let attached = match guardrail.attached.as_slice() {
            [] => "nothing".to_owned(),
            some => some.join(", "),
        };
        out.push_str(&format!("  guardrail {} ({}) on {attached}\n", guardrail.name, guardrail.kind));
    }
    for account in &view.accounts {
        let unit = account.unit.as_deref().unwrap_or("the root");
        out.push_str(&format!("\n{} {} in {unit}\n", paint.bold(&account.name), account.id));
        for stack in &account.stacks {
            out.push_str(&format!("  stack {} ({}): {}\n", stack.name, stack.region, stack.status));
        }
        for role in &account.roles {
            let boundary = match &role.boundary {
                Some(_) => String::new(),
                None => paint.warn(", no boundary"),
            };
            let inline = if role.inline == 0 { String::new() } else { format!(", {} inline", role.inline) };
            out.push_str(&format!("  role {}{inline}{boundary}\n", role.name));
        }
    }
    if !view.pending.is_empty() {
        out.push_str(&format!("\n{} being made: {}\n", count(view.pending.len(), "account"), view.pending.join(", ")));
    }
    out
}

/// All that can be done behind Landfall's back, a line each.
pub(crate) fn tamperings(paint: Paint) -> String {
    let width = Tampering::ALL.iter().map(|one| one.name().len()).max().unwrap_or_default();
    let line = |one: &Tampering| {
        let gap = " ".repeat(width - one.name().len());
        format!("{}{gap}  {}\n", paint.bold(one.name()), one.about())
    };
    Tampering::ALL.iter().map(line).collect()
}
