//! moto: makes organizations, pages accounts, and creates the access role in each.

use super::server::Server;

/// Any credentials are the management account's.
pub(super) const CREDENTIALS: (&str, &str) = ("landfall", "landfall");

/// The management account. `MOTO_ACCOUNT_ID` would change it, and then assumed roles would stay in it too.
pub(super) const MANAGEMENT: &str = "123456789012";

/// Operations at which moto answers with a page of status 500.
pub(super) const UNKNOWN: [&str; 2] = ["DetectStackResourceDrift", "UpdateTerminationProtection"];

/// Starts one with nothing in it but AWS's own managed policies, which it loads for each account it sees.
pub(super) fn start() -> Server {
    Server::start("moto", "/moto-api/data.json", &[("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")])
}
