//! Why there is no plan.

use landfall_model::{AccountId, AccountName, Email};

/// Why no plan can be made, or a saved one not be used. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The credentials are not the management account's.
    #[error(
        "the credentials belong to account {caller}, and the organization's management account is {management}; \
         use credentials of the management account"
    )]
    NotManagement {
        /// Whose credentials these are.
        caller: AccountId,
        /// The organization's management account.
        management: AccountId,
    },
    /// The organization is another one than the configuration means.
    #[error(
        "this is another organization: the configuration says that `{name}` is account {configured}, and the \
         credentials lead to management account {found}; use other credentials or correct the id in `accounts:`"
    )]
    WrongOrganization {
        /// The management account's name.
        name: AccountName,
        /// Its id in the configuration.
        configured: AccountId,
        /// The id that was found.
        found: AccountId,
    },
    /// The configuration does not say which organization it means, and the addresses differ.
    #[error(
        "the management account {found} has the address {live}, and the configuration says {configured}; if it is the \
         right organization, write `id: \"{found}\"` at account `{name}`"
    )]
    UnprovenOrganization {
        /// The management account's name.
        name: AccountName,
        /// Its address in the configuration.
        configured: Email,
        /// The id that was found.
        found: AccountId,
        /// The address that was found.
        live: Email,
    },
    /// An account with an id in the configuration is not in the organization.
    #[error(
        "account `{name}` with id {id} is not in the organization; a second one is never made: invite it into the \
         organization, correct its id, or take the id away to have a new account made"
    )]
    AccountNotInOrganization {
        /// Its name.
        name: AccountName,
        /// Its id in the configuration.
        id: AccountId,
    },
    /// Two accounts of the configuration are the same account.
    #[error(
        "accounts `{first}` and `{second}` of the configuration are both account {id}; correct an id or an address"
    )]
    SameAccount {
        /// The one.
        first: AccountName,
        /// The other.
        second: AccountName,
        /// Their id.
        id: AccountId,
    },
    /// A text is no target.
    #[error("`{text}` is no target; write {}", crate::Target::FORMS)]
    TargetForm {
        /// The text.
        text: String,
    },
    /// A target that nothing matches.
    #[error("target `{target}` matches nothing in the configuration")]
    TargetUnknown {
        /// The target.
        target: String,
    },
    /// A plan that contradicts itself: a bug in Landfall, or a plan that was put together by hand.
    #[error("the plan contradicts itself: {0}")]
    Contradiction(#[from] crate::Contradiction),
    /// A saved plan that is not JSON of the right form.
    #[error("the saved plan cannot be read: {0}; make a new one with `landfall plan`")]
    Unreadable(String),
    /// A saved plan of another version of Landfall.
    #[error(
        "the saved plan has version {found}, and this Landfall reads version {wanted}; make a new one with `landfall plan`"
    )]
    Version {
        /// The plan's version.
        found: u64,
        /// The version that is read.
        wanted: u32,
    },
    /// A saved plan that was changed after it was saved.
    #[error(
        "the saved plan was changed after it was saved: its digest does not match; make a new one with `landfall plan`"
    )]
    Edited,
}
