//! Switchable mistakes, one file each: what the checks must find. Only compiled with the feature `defects`.
//!
//! A defect takes the secure parts and swaps one port for a wrapper, or adds one layer at the edge.

mod accepts_alg_none;
mod cheap;
mod login_session_not_stored;
mod reads_any_task;
mod reflects_any_origin;
mod task_list_without_token;
mod updates_any_task;

pub use cheap::cheap_passwords;

use crate::parts::Parts;

/// One mistake that people really make.
pub struct Defect {
    /// Stable, in kebab case; the file has the same name.
    pub id: &'static str,
    pub title: &'static str,
    /// The number in the Common Weakness Enumeration.
    pub cwe: u32,
    /// Each scenario that must fail.
    pub caught_by: &'static [&'static str],
    /// Scenarios that may fail too, each with the reason.
    pub implies: &'static [(&'static str, &'static str)],
    pub install: fn(Parts) -> Parts,
}

/// Every defect, in the order of their ids.
pub const DEFECTS: &[Defect] = &[
    accepts_alg_none::DEFECT,
    login_session_not_stored::DEFECT,
    reads_any_task::DEFECT,
    reflects_any_origin::DEFECT,
    task_list_without_token::DEFECT,
    updates_any_task::DEFECT,
];

/// The defect of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Defect> {
    DEFECTS.iter().find(|defect| defect.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_in_order_and_in_kebab_case() {
        assert!(DEFECTS.is_sorted_by(|a, b| a.id < b.id));
        assert!(DEFECTS.iter().all(|d| {
            d.id.chars()
                .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
        }));
    }

    #[test]
    fn every_defect_names_who_catches_it_and_its_weakness() {
        assert!(
            DEFECTS
                .iter()
                .all(|d| !d.caught_by.is_empty() && d.cwe > 0 && !d.title.is_empty())
        );
        assert!(
            DEFECTS
                .iter()
                .flat_map(|d| d.implies)
                .all(|(_, reason)| !reason.is_empty())
        );
    }
}
