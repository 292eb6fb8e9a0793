//! The maker of manipulated tokens: named recipes, bytes in, bytes out, no I/O.
//!
//! A recipe changes one thing of a valid token, in one or more forms. With the signing key, `resigned` is the control of
//! all others: the same claims signed anew must be accepted, else a refusal of a forged token proves nothing.

mod algorithm;
mod claims;
mod degenerate;
mod der;
mod embedded;
mod encoding;
mod encrypted;
mod garbage;
mod header;
mod integer;
mod key;
mod keys;
mod object;
mod recipe;
mod signature;
mod subject;
mod times;
mod token;
mod unsigned;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use aws_lc_rs::digest;
use rand::SeedableRng;
use rand::rngs::StdRng;

pub use algorithm::{Algorithm, Hash};
pub use key::{Key, NotAKey, jwk_verifies};
pub use recipe::{Document, Forged, Material, Part, PublicFile, Recipe, Unforgeable};
pub use token::{NotAToken, Token, describe};

/// One list a module, in the order of the checklist.
const RECIPES: &[&[Recipe]] = &[
    garbage::RECIPES,
    unsigned::RECIPES,
    signature::RECIPES,
    degenerate::RECIPES,
    keys::RECIPES,
    embedded::RECIPES,
    header::RECIPES,
    times::RECIPES,
    subject::RECIPES,
    claims::RECIPES,
    encoding::RECIPES,
    encrypted::RECIPES,
];

/// Every recipe.
pub fn recipes() -> impl Iterator<Item = &'static Recipe> {
    RECIPES.iter().copied().flatten()
}

/// The recipe of a name.
pub fn recipe(name: &str) -> Option<&'static Recipe> {
    recipes().find(|recipe| recipe.name == name)
}

/// The random bytes of one recipe in one scenario: a run with the same seed forges with the same.
pub(crate) fn seeded(seed: u64, scenario: &str, recipe: &str) -> StdRng {
    let text = format!("{seed} {scenario} {recipe}");
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let mut bytes = <StdRng as SeedableRng>::Seed::default();
    bytes.copy_from_slice(hash.as_ref());
    StdRng::from_seed(bytes)
}

/// Makes what a scenario file or a command line names: all forms of `recipe`, the one of `recipe#form`, or those of
/// `recipe#pattern`, where one `*` stands for any letters.
///
/// # Errors
/// [`Unforgeable`] says which name is unknown, what is missing, or why the recipe does not apply.
pub fn forge(name: &str, material: &mut Material<'_>) -> Result<Vec<Forged>, Unforgeable> {
    let (name, form) = match name.split_once('#') {
        Some((name, form)) => (name, Some(form)),
        None => (name, None),
    };
    let recipe = recipe(name).ok_or_else(|| Unforgeable::UnknownRecipe(name.to_owned()))?;
    let mut forged = recipe.forge(material)?;
    if let Some(form) = form {
        forged.retain(|one| match form.split_once('*') {
            Some((front, back)) => one
                .name
                .strip_prefix(front)
                .is_some_and(|rest| rest.ends_with(back)),
            None => one.name == form,
        });
        if forged.is_empty() {
            return Err(Unforgeable::UnknownForm {
                recipe: recipe.name,
                form: form.to_owned(),
            });
        }
    }
    Ok(forged)
}
