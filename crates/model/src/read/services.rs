//! `services:`

use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::known::Known;
use crate::read::node::Node;
use crate::read::scalar::{boolean, filled_list, word};
use crate::read::sections::{Names, items, role_parts};
use crate::read::values::region;
use crate::{Diagnostic, Region, Service, ServiceKind, codes};

#[derive(Clone, Copy, PartialEq)]
enum Which {
    Lambda,
    Ec2,
    Ecs,
    ApiGateway,
    StepFunctions,
    EventBridge,
    SageMaker,
}

const SERVICES: &[(&str, Which)] = &[
    ("lambda", Which::Lambda),
    ("ec2", Which::Ec2),
    ("ecs", Which::Ecs),
    ("apigateway", Which::ApiGateway),
    ("stepfunctions", Which::StepFunctions),
    ("eventbridge", Which::EventBridge),
    ("sagemaker", Which::SageMaker),
];

pub(crate) fn read(cx: &mut Context<'_>, known: &Known, node: Option<&Node>) -> Vec<Service> {
    let mut names = Names::of_stacks();
    items(cx, node, "name", |cx, node| service(cx, known, &mut names, node))
}

fn service(cx: &mut Context<'_>, known: &Known, names: &mut Names, node: &Node) -> Option<Service> {
    let mut fields = Fields::of(cx, node, "a service role")?;
    let parts = role_parts(cx, known, &mut fields, names, "name");
    let which = fields.required("service", "say which service assumes it, such as `service: lambda`");
    let which = which.and_then(|node| word(cx, node, SERVICES));
    let vpc = fields.optional("vpc");
    let regions = fields.optional("regions");
    belongs(cx, vpc, which, Which::Lambda, "`vpc` belongs to `service: lambda`");
    belongs(cx, regions, which, Which::ApiGateway, "`regions` belongs to `service: apigateway`");
    let kind = which.and_then(|which| kind(cx, which, vpc, regions, &fields));
    fields.finish(cx);
    Some(Service {
        name: parts.name?,
        kind: kind?,
        accounts: parts.accounts?,
        boundary: parts.boundary?,
        access: parts.access,
        place: parts.place,
    })
}

fn belongs(cx: &mut Context<'_>, node: Option<&Node>, which: Option<Which>, owner: Which, message: &str) {
    if let (Some(node), Some(which)) = (node, which)
        && which != owner
    {
        cx.report(Diagnostic::error(codes::KEY_NEEDS_ANOTHER, node.place, message).help("take it out"));
    }
}

fn kind(
    cx: &mut Context<'_>,
    which: Which,
    vpc: Option<&Node>,
    regions: Option<&Node>,
    fields: &Fields<'_>,
) -> Option<ServiceKind> {
    Some(match which {
        Which::Lambda => ServiceKind::Lambda { vpc: vpc.and_then(|node| boolean(cx, node)).unwrap_or_default() },
        Which::Ec2 => ServiceKind::Ec2,
        Which::Ecs => ServiceKind::Ecs,
        Which::StepFunctions => ServiceKind::StepFunctions,
        Which::EventBridge => ServiceKind::EventBridge,
        Which::SageMaker => ServiceKind::SageMaker,
        Which::ApiGateway => {
            let Some(node) = regions else {
                cx.report(
                    Diagnostic::error(codes::MISSING_KEY, fields.place(), "`apigateway` needs `regions`")
                        .help("API Gateway's account setting is made Region by Region: `regions: [eu-west-1]`"),
                );
                return None;
            };
            let items = filled_list(cx, node)?;
            let mut out: Vec<Region> = Vec::new();
            for item in items {
                let Some(region) = region(cx, item) else { continue };
                if out.contains(&region) {
                    let message = format!("`{region}` is listed twice");
                    cx.report(Diagnostic::error(codes::REPEATED, item.place, message).help("take one out"));
                } else {
                    out.push(region);
                }
            }
            ServiceKind::ApiGateway { regions: out }
        }
    })
}
