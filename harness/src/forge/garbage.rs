//! Texts that are no tokens at all.

use super::recipe::{Forged, Made, Material, Part, Recipe};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "garbage",
        title: "texts that are no tokens",
        changes: &[Part::Encoding],
        needs: &[],
        make: garbage,
    },
    Recipe {
        name: "empty-bearer",
        title: "nothing, and the words that programs write for nothing",
        changes: &[Part::Encoding],
        needs: &[],
        make: empty_bearer,
    },
];

fn garbage(material: &mut Material<'_>) -> Made {
    let word = material.random_word(40);
    Ok(vec![
        Forged::form("random", word.as_str()),
        Forged::form("one-dot", format!("{}.{}", &word[..20], &word[20..])),
        Forged::form(
            "two-dots",
            format!("{}.{}.{}", &word[..10], &word[10..30], &word[30..]),
        ),
        Forged::form("only-dots", ".."),
        Forged::form("percent-blanks", "%20%20%20"),
        Forged::form("percent-nul", "%00"),
        Forged::form("one-character", "a"),
    ])
}

fn empty_bearer(_: &mut Material<'_>) -> Made {
    Ok(vec![
        Forged::form("empty", ""),
        Forged::form("null", "null"),
        Forged::form("undefined", "undefined"),
        Forged::form("object", "[object Object]"),
        Forged::form("quotes", "\"\""),
    ])
}
