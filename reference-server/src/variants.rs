//! Correct servers that look unusual, one file each: nothing may be reported for them. Only compiled for tests and trials
//! of the checks.
//!
//! A variant may change the settings, swap ports, or add a layer at the edge; its profile says what it does differently.

mod always_200;
mod bare_lists;
mod chunked_bodies;
mod closes_after_each;
mod conflict_by_400;
mod conflict_by_422;
mod denies_by_403;
mod enveloped_data;
mod five_sign_ins;
mod form_sign_in;
mod indented_json;
mod invalid_by_400;
mod no_browsers;
mod no_renewal;
mod null_for_nobody;
mod numbered_tasks;
mod opaque_random;
mod pages_of_five;
mod patches_only;
mod plain_text_problems;
mod prefixed_task_ids;
mod replaces_only;
pub(crate) mod shared;
mod sign_in_page;
mod signs_by_es256;
mod signs_by_hs512;
mod signs_by_rs256;
mod sliding_expiry;
mod slow_answers;
mod soft_denial;
mod stateless_ten_minutes;
mod tells_others_apart;
mod token_scheme;
mod trusts_the_issuer;
mod x_auth_token;

use crate::config::Config;
use crate::parts::Parts;

/// One way of being right.
#[derive(Clone, Copy)]
pub struct Variant {
    /// Stable, in kebab case; the file has the same name.
    pub id: &'static str,
    pub title: &'static str,
    /// What its profile says over the preset `authspec`.
    pub profile: &'static str,
    /// Scenarios that do not apply to it, each with the reason; `area.*` for those of an area that
    /// do not.
    pub skips: &'static [(&'static str, &'static str)],
    /// Scenarios of low severity that fail, each with the reason.
    pub fails: &'static [(&'static str, &'static str)],
    /// Scenarios on which nothing can be said of it, each with the reason.
    pub unclear: &'static [(&'static str, &'static str)],
    pub configure: fn(&mut Config),
    pub install: fn(Parts) -> Parts,
}

impl Variant {
    /// What a variant is like in all that it does not say.
    const PLAIN: Variant = Variant {
        id: "",
        title: "",
        profile: "",
        skips: &[],
        fails: &[],
        unclear: &[],
        configure: |_| {},
        install: |parts| parts,
    };

    /// Its whole profile.
    #[must_use]
    pub fn profile(&self) -> String {
        format!(
            "extends = \"authspec\"\nname = \"{}\"\n{}",
            self.id, self.profile
        )
    }
}

/// Every variant, in the order of their ids.
pub const VARIANTS: &[Variant] = &[
    always_200::VARIANT,
    bare_lists::VARIANT,
    chunked_bodies::VARIANT,
    closes_after_each::VARIANT,
    conflict_by_400::VARIANT,
    conflict_by_422::VARIANT,
    denies_by_403::VARIANT,
    enveloped_data::VARIANT,
    five_sign_ins::VARIANT,
    form_sign_in::VARIANT,
    indented_json::VARIANT,
    invalid_by_400::VARIANT,
    no_browsers::VARIANT,
    no_renewal::VARIANT,
    null_for_nobody::VARIANT,
    numbered_tasks::VARIANT,
    opaque_random::VARIANT,
    pages_of_five::VARIANT,
    patches_only::VARIANT,
    plain_text_problems::VARIANT,
    prefixed_task_ids::VARIANT,
    replaces_only::VARIANT,
    sign_in_page::VARIANT,
    signs_by_es256::VARIANT,
    signs_by_hs512::VARIANT,
    signs_by_rs256::VARIANT,
    sliding_expiry::VARIANT,
    slow_answers::VARIANT,
    soft_denial::VARIANT,
    stateless_ten_minutes::VARIANT,
    tells_others_apart::VARIANT,
    token_scheme::VARIANT,
    trusts_the_issuer::VARIANT,
    x_auth_token::VARIANT,
];

/// The variant of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Variant> {
    VARIANTS.iter().find(|variant| variant.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_in_order_and_in_kebab_case() {
        assert!(VARIANTS.is_sorted_by(|a, b| a.id < b.id));
        assert!(VARIANTS.iter().all(|variant| {
            variant
                .id
                .chars()
                .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
        }));
    }

    #[test]
    fn whatever_a_variant_excuses_has_a_reason() {
        let excuses = VARIANTS
            .iter()
            .flat_map(|variant| [variant.skips, variant.fails, variant.unclear])
            .flatten();
        assert!(excuses.into_iter().all(|(_, reason)| !reason.is_empty()));
    }
}
