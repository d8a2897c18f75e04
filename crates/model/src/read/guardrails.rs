//! `guardrails:`

use crate::read::context::Context;
use crate::read::documents::policy;
use crate::read::fields::Fields;
use crate::read::known::Known;
use crate::read::node::Node;
use crate::read::scalar::{filled_list, text, word};
use crate::read::sections::{Names, items};
use crate::read::values::{name, region};
use crate::{Attachment, Diagnostic, Guardrail, GuardrailContent, GuardrailKind, ItemName, Place, codes};

#[derive(Clone, Copy, PartialEq)]
enum Preset {
    ProtectFoundation,
    DenyLeaveOrganization,
    AllowedRegions,
    RequireImdsv2,
    DenyRootUser,
    ConfusedDeputy,
}

impl Preset {
    fn kind(self) -> GuardrailKind {
        match self {
            Self::ConfusedDeputy => GuardrailKind::ResourceControl,
            Self::ProtectFoundation
            | Self::DenyLeaveOrganization
            | Self::AllowedRegions
            | Self::RequireImdsv2
            | Self::DenyRootUser => GuardrailKind::ServiceControl,
        }
    }
}

const PRESETS: &[(&str, Preset)] = &[
    ("protect-foundation", Preset::ProtectFoundation),
    ("deny-leave-organization", Preset::DenyLeaveOrganization),
    ("allowed-regions", Preset::AllowedRegions),
    ("require-imdsv2", Preset::RequireImdsv2),
    ("deny-root-user", Preset::DenyRootUser),
    ("confused-deputy", Preset::ConfusedDeputy),
];

const KINDS: &[(&str, GuardrailKind)] =
    &[("service-control", GuardrailKind::ServiceControl), ("resource-control", GuardrailKind::ResourceControl)];

pub(crate) fn read(
    cx: &mut Context<'_>,
    known: &Known,
    node: Option<&Node>,
    management: Option<&str>,
) -> Vec<Guardrail> {
    let mut names = Names::of_stacks();
    items(cx, node, "name", |cx, node| guardrail(cx, known, &mut names, node, management))
}

fn guardrail(
    cx: &mut Context<'_>,
    known: &Known,
    names: &mut Names,
    node: &Node,
    management: Option<&str>,
) -> Option<Guardrail> {
    let mut fields = Fields::of(cx, node, "a guardrail")?;
    let what = fields.exactly_one(cx, &["preset", "policy"]);
    let regions = fields.optional("regions");
    let kind = fields.optional("type");
    let (content, preset, own_kind) = match what {
        Some(("preset", node)) => {
            let preset = word(cx, node, PRESETS);
            if let Some(kind) = kind {
                let message = "a preset has its own type";
                cx.report(Diagnostic::error(codes::KEY_NEEDS_ANOTHER, kind.place, message).help("take `type` out"));
            }
            let own_kind = preset.map(Preset::kind);
            (preset.and_then(|preset| preset_content(cx, preset, regions, node.place)), Some(node), own_kind)
        }
        Some((_, node)) => (policy(cx, node).map(GuardrailContent::Policy), None, None),
        None => (None, None, None),
    };
    if let (Some(regions), false) = (regions, matches!(content, Some(GuardrailContent::AllowedRegions(_)) | None)) {
        cx.report(
            Diagnostic::error(codes::KEY_NEEDS_ANOTHER, regions.place, "`regions` belongs to `allowed-regions`")
                .help("take it out, or write `preset: allowed-regions`"),
        );
    }
    // A preset's name is its own unless it stands there twice with different settings.
    let name_node = match preset {
        Some(preset) => fields.optional("name").or(Some(preset)),
        None => fields.required("name", "the user's own guardrails are called by a name"),
    };
    let (name, place) = name_node.map_or((None, node.place), |node| {
        let name: Option<ItemName> = if content.is_some() || preset.is_none() { name(cx, node) } else { None };
        (name, node.place)
    });
    let name = name.filter(|name| names.claim(cx, name.as_str(), place));
    let written = kind.and_then(|node| word(cx, node, KINDS));
    let kind = own_kind.or(written).unwrap_or(GuardrailKind::ServiceControl);
    let attach = fields.required("attach", "write where: `attach: [root]`, `[\"unit:PATH\"]` or account names");
    let attach = attach.and_then(|node| attachments(cx, known, node, management));
    fields.finish(cx);
    Some(Guardrail { name: name?, kind, content: content?, attach: attach?, place })
}

fn preset_content(
    cx: &mut Context<'_>,
    preset: Preset,
    regions: Option<&Node>,
    place: Place,
) -> Option<GuardrailContent> {
    Some(match preset {
        Preset::ProtectFoundation => GuardrailContent::ProtectFoundation,
        Preset::DenyLeaveOrganization => GuardrailContent::DenyLeaveOrganization,
        Preset::RequireImdsv2 => GuardrailContent::RequireImdsv2,
        Preset::DenyRootUser => GuardrailContent::DenyRootUser,
        Preset::ConfusedDeputy => GuardrailContent::ConfusedDeputy,
        Preset::AllowedRegions => {
            let Some(regions) = regions else {
                cx.report(
                    Diagnostic::error(codes::MISSING_KEY, place, "`allowed-regions` needs `regions`")
                        .help("list the Regions that may be used: `regions: [eu-west-1]`"),
                );
                return None;
            };
            let items = filled_list(cx, regions)?;
            GuardrailContent::AllowedRegions(items.iter().filter_map(|item| region(cx, item)).collect())
        }
    })
}

fn attachments(cx: &mut Context<'_>, known: &Known, node: &Node, management: Option<&str>) -> Option<Vec<Attachment>> {
    let items = filled_list(cx, node)?;
    let mut out: Vec<Attachment> = Vec::new();
    for item in items {
        let Some(target) = attachment(cx, known, item) else { continue };
        if matches!(&target, Attachment::Account(account) if management == Some(account.as_str())) {
            cx.report(
                Diagnostic::warning(
                    codes::GUARDRAIL_ON_MANAGEMENT,
                    item.place,
                    "a service control policy has no effect on the management account",
                )
                .help("guard member accounts, and keep workloads out of this one"),
            );
        }
        if out.contains(&target) {
            let message = "this is attached twice";
            cx.report(Diagnostic::error(codes::REPEATED, item.place, message).help("take one out"));
        } else {
            out.push(target);
        }
    }
    (!out.is_empty()).then_some(out)
}

fn attachment(cx: &mut Context<'_>, known: &Known, node: &Node) -> Option<Attachment> {
    let target = text(cx, node)?;
    if target == "root" {
        return Some(Attachment::Root);
    }
    match target.strip_prefix("unit:") {
        Some(path) => known.unit(cx, path, node.place).map(Attachment::Unit),
        None => known.account_named(cx, target, node.place).cloned().map(Attachment::Account),
    }
}
