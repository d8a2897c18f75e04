//! Every sort of tampering.

/// Makes the enum, its list and its words from one table.
macro_rules! tamperings {
    ($($variant:ident, $name:literal, $about:literal;)*) => {
        /// What is done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Tampering {
            $(#[doc = $about] $variant,)*
        }

        impl Tampering {
            /// Every one, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As it is written on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// In one line.
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => $about,)* }
            }
        }
    };
}

tamperings! {
    WidenTrust, "widen-trust", "let one more principal assume a role";
    RemoveCondition, "remove-condition", "take the conditions off a role's trust policy";
    NarrowTrust, "narrow-trust", "keep everybody out of a role by a denial in its trust policy";
    TouchBreakGlass, "touch-break-glass", "take the conditions off the trust policy of an emergency role";
    RemoveBoundary, "remove-boundary", "take a role's permissions boundary away";
    ChangeBoundary, "change-boundary", "put a role under another boundary";
    AddInline, "add-inline", "add an inline policy that allows everything";
    ChangeInline, "change-inline", "let an inline policy allow everything in IAM besides";
    NarrowInline, "narrow-inline", "take a statement out of an inline policy";
    DeleteInline, "delete-inline", "delete an inline policy";
    AttachPolicy, "attach-policy", "attach a managed policy to a role";
    DetachPolicy, "detach-policy", "detach a managed policy from a role";
    LengthenSession, "lengthen-session", "let the sessions of a role last twelve hours";
    ChangeDescription, "change-description", "change a role's description";
    DisownRole, "disown-role", "take the tag off a role by which Landfall knows its own";
    ChangeRoleTag, "change-role-tag", "change the value of the tag by which Landfall knows its own role";
    ForeignTag, "foreign-tag", "add a tag of somebody else's to a role";
    DeleteRole, "delete-role", "delete a role";
    MoveRole, "move-role", "delete a role and make it anew under another path";
    EmptyProfile, "empty-profile", "take the role out of an instance profile";
    SwapProfile, "swap-profile", "put another role into an instance profile";
    DeleteProfile, "delete-profile", "delete an instance profile";
    AddAudience, "add-audience", "add an audience to an OpenID Connect provider";
    RemoveAudience, "remove-audience", "take an audience from an OpenID Connect provider";
    DeleteOidc, "delete-oidc", "delete an OpenID Connect provider";
    ChangeMetadata, "change-metadata", "change the metadata of a SAML provider";
    DeleteSaml, "delete-saml", "delete a SAML provider";
    WidenBoundaryPolicy, "widen-boundary-policy", "let a boundary's document allow everything";
    NarrowBoundaryPolicy, "narrow-boundary-policy", "take a statement out of a boundary's document";
    DeleteBoundaryPolicy, "delete-boundary-policy", "take a boundary off all its roles and delete it";
    RevertPolicyVersion, "revert-policy-version", "set a boundary back to an older version of its document";
    WidenSharedPolicy, "widen-shared-policy", "let a policy that roles share allow everything in S3 besides";
    DeleteSharedPolicy, "delete-shared-policy", "take a policy that roles share off all of them and delete it";
    ClearSetting, "clear-setting", "clear the role that API Gateway writes its logs as";
    ChangeSetting, "change-setting", "let API Gateway write its logs as another role";
    DisableAlarm, "disable-alarm", "disable a rule that watches over emergency access";
    DeleteAlarm, "delete-alarm", "delete a rule that watches over emergency access";
    OpenTopic, "open-topic", "let everybody publish to the alarm's topic";
    ChangeGuardrail, "change-guardrail", "change what a guardrail says";
    DetachGuardrail, "detach-guardrail", "take a guardrail off what it is attached to";
    AttachGuardrail, "attach-guardrail", "attach a guardrail where it shall not be";
    DeleteGuardrail, "delete-guardrail", "take a guardrail off everywhere and delete it";
    DisablePolicyType, "disable-policy-type", "disable service control policies in the organization";
    MoveAccount, "move-account", "move an account to the organization's root";
    ChangeAccountTag, "change-account-tag", "change a tag of an account";
    DeleteStack, "delete-stack", "delete a stack with all that it made";
    FailStack, "fail-stack", "leave a stack behind whose rollback failed";
    UnprotectStack, "unprotect-stack", "turn a stack's termination protection off";
    ForeignAssumer, "foreign-assumer", "make a role that can assume Landfall's roles";
    ForeignPasser, "foreign-passer", "make a role that can pass Landfall's roles to services";
    ForeignUnbounded, "foreign-unbounded", "make a role without a boundary";
    ForeignOutsider, "foreign-outsider", "make a role that trusts an account outside of the organization";
}

impl std::str::FromStr for Tampering {
    type Err = UnknownTampering;
    fn from_str(text: &str) -> Result<Self, UnknownTampering> {
        Self::ALL.iter().copied().find(|one| one.name() == text).ok_or_else(|| UnknownTampering(text.to_owned()))
    }
}

/// A name that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is nothing that can be done; `landfall sandbox tamper list` shows what can")]
pub struct UnknownTampering(pub String);
