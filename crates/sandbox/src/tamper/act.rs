//! Each sort of tampering by its own hand.

use super::choice::{Done, Scene};
use super::{Tampering, Wish, entity, foreign, organization, policy, role, service, stack};
use crate::Hand;

/// Does it.
pub(super) fn act(hand: &Hand, how: Tampering, wish: &Wish) -> Done {
    use Tampering as T;
    let scene = Scene::new(hand, wish)?;
    match how {
        T::WidenTrust => role::widen_trust(&scene),
        T::RemoveCondition => role::remove_condition(&scene, role::Which::Ordinary),
        T::NarrowTrust => role::narrow_trust(&scene),
        T::TouchBreakGlass => role::remove_condition(&scene, role::Which::Emergency),
        T::RemoveBoundary => role::remove_boundary(&scene),
        T::ChangeBoundary => role::change_boundary(&scene),
        T::AddInline => role::add_inline(&scene),
        T::ChangeInline => role::change_inline(&scene),
        T::NarrowInline => role::narrow_inline(&scene),
        T::DeleteInline => role::delete_inline(&scene),
        T::AttachPolicy => role::attach_policy(&scene),
        T::DetachPolicy => role::detach_policy(&scene),
        T::LengthenSession => role::lengthen_session(&scene),
        T::ChangeDescription => role::change_description(&scene),
        T::DisownRole => role::disown(&scene),
        T::ChangeRoleTag => role::change_tag(&scene),
        T::ForeignTag => role::foreign_tag(&scene),
        T::DeleteRole => role::delete(&scene),
        T::MoveRole => role::move_elsewhere(&scene),
        T::EmptyProfile => entity::empty_profile(&scene),
        T::SwapProfile => entity::swap_profile(&scene),
        T::DeleteProfile => entity::delete_profile(&scene),
        T::AddAudience => entity::add_audience(&scene),
        T::RemoveAudience => entity::remove_audience(&scene),
        T::DeleteOidc => entity::delete_oidc(&scene),
        T::ChangeMetadata => entity::change_metadata(&scene),
        T::DeleteSaml => entity::delete_saml(&scene),
        T::WidenBoundaryPolicy => policy::widen_boundary_policy(&scene),
        T::NarrowBoundaryPolicy => policy::narrow_boundary_policy(&scene),
        T::DeleteBoundaryPolicy => policy::delete_boundary_policy(&scene),
        T::RevertPolicyVersion => policy::revert_policy_version(&scene),
        T::WidenSharedPolicy => policy::widen_shared_policy(&scene),
        T::DeleteSharedPolicy => policy::delete_shared_policy(&scene),
        T::ClearSetting => service::clear_setting(&scene),
        T::ChangeSetting => service::change_setting(&scene),
        T::DisableAlarm => service::disable_alarm(&scene),
        T::DeleteAlarm => service::delete_alarm(&scene),
        T::OpenTopic => service::open_topic(&scene),
        T::ChangeGuardrail => organization::change_guardrail(&scene),
        T::DetachGuardrail => organization::detach_guardrail(&scene),
        T::AttachGuardrail => organization::attach_guardrail(&scene),
        T::DeleteGuardrail => organization::delete_guardrail(&scene),
        T::DisablePolicyType => organization::disable_policy_type(&scene),
        T::MoveAccount => organization::move_account(&scene),
        T::ChangeAccountTag => organization::change_account_tag(&scene),
        T::DeleteStack => stack::delete(&scene),
        T::FailStack => stack::fail(&scene),
        T::UnprotectStack => stack::unprotect(&scene),
        T::ForeignAssumer => foreign::assumer(&scene),
        T::ForeignPasser => foreign::passer(&scene),
        T::ForeignUnbounded => foreign::unbounded(&scene),
        T::ForeignOutsider => foreign::outsider(&scene),
    }
}
