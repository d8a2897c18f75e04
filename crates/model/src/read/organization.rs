//! `organization:`

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::node::Node;
use crate::read::scalar::list;
use crate::read::suggest::clip;
use crate::read::values::{name, parsed, region, tags};
use crate::{
    AccountName, Diagnostic, Organization, OrganizationName, Place, Region, RoleName, TagKey, UnitPath, codes,
};

/// The section as far as it could be read: the rest is checked even when a part is missing.
pub(crate) struct Draft {
    pub(crate) name: Option<OrganizationName>,
    pub(crate) home_region: Option<Region>,
    /// With the place of the reference.
    pub(crate) management_account: Option<(AccountName, Place)>,
    pub(crate) access_role: RoleName,
    pub(crate) tags: IndexMap<TagKey, String>,
    pub(crate) units: Vec<UnitPath>,
    pub(crate) place: Place,
    /// Whether some unit could not be read.
    pub(crate) incomplete: bool,
}

impl Draft {
    /// The section, if nothing essential is missing.
    pub(crate) fn finish(self) -> Option<Organization> {
        Some(Organization {
            name: self.name?,
            home_region: self.home_region?,
            management_account: self.management_account?.0,
            access_role: self.access_role,
            tags: self.tags,
            units: self.units,
            place: self.place,
        })
    }
}

/// The role that Organizations makes in every account that it creates.
const ACCESS_ROLE: &str = "OrganizationAccountAccessRole";

pub(crate) fn read(cx: &mut Context<'_>, node: &Node) -> Option<Draft> {
    let mut fields = Fields::of(cx, node, "`organization`")?;
    let name_node = fields.required("name", "write the prefix of every stack and role, such as `name: acme`");
    let place = name_node.map_or(node.place, |node| node.place);
    let organization = name_node.and_then(|node| name(cx, node));
    let home = fields.required("home_region", "write where the stacks live, such as `home_region: eu-west-1`");
    let home_region = home.and_then(|node| region(cx, node));
    let management = fields.required("management_account", "name the management account, one of `accounts:`");
    let management_account = management.and_then(|node| Some((name(cx, node)?, node.place)));
    let access_role = fields.optional("access_role").and_then(|node| name(cx, node));
    let tags = fields.section("tags").map(|node| tags(cx, node)).unwrap_or_default();
    let (units, incomplete) = fields.section("units").map(|node| units(cx, node)).unwrap_or_default();
    fields.finish(cx);
    let access_role = access_role.or_else(|| RoleName::new(ACCESS_ROLE).ok())?;
    Some(Draft { name: organization, home_region, management_account, access_role, tags, units, place, incomplete })
}

/// Every unit with every unit above it, parents first, and whether some could not be read.
fn units(cx: &mut Context<'_>, node: &Node) -> (Vec<UnitPath>, bool) {
    let Some(items) = list(cx, node) else { return (Vec::new(), true) };
    let mut listed: HashMap<UnitPath, Place> = HashMap::new();
    let mut units: indexmap::IndexSet<UnitPath> = indexmap::IndexSet::new();
    let mut incomplete = false;
    for item in items {
        let Some(path) = parsed::<UnitPath>(cx, item, codes::UNIT_PATH) else {
            incomplete = true;
            continue;
        };
        if let Some(first) = listed.insert(path.clone(), item.place) {
            cx.report(
                Diagnostic::error(
                    codes::DUPLICATE_UNIT,
                    item.place,
                    format!("the unit `{}` is listed twice", clip(path.as_str())),
                )
                .label("again here")
                .related(first, "first here")
                .help("take one out; units above a listed one need no entry of their own"),
            );
            continue;
        }
        let mut above: Vec<UnitPath> = std::iter::successors(Some(path), UnitPath::parent).collect();
        above.reverse();
        units.extend(above);
    }
    (units.into_iter().collect(), incomplete)
}

#[cfg(test)]
mod tests {
    use crate::read::tests::trial::replaced;

    #[test]
    fn units_above_a_listed_one_are_implied_and_stand_first() {
        let loaded = replaced("[security, workloads/prod]", "[workloads/prod/eu, security, workloads, workloads/prod]");
        assert!(loaded.diagnostics.is_empty());
        let units = loaded.foundation.unwrap().organization.units;
        let units: Vec<&str> = units.iter().map(|unit| unit.as_str()).collect();
        assert_eq!(units, ["workloads", "workloads/prod", "workloads/prod/eu", "security"]);
    }
}
