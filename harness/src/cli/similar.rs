//! Words that somebody may have meant.

/// The closest of the candidates, at most three, best first; none where nothing is close.
pub(crate) fn similar<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Vec<&'a str> {
    let most = (word.chars().count() / 3).max(2);
    let mut close: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let distance = distance(word, candidate);
            let within = word.len() >= 4 && candidate.contains(word);
            (distance <= most || within).then_some((distance, candidate))
        })
        .collect();
    close.sort();
    close
        .into_iter()
        .take(3)
        .map(|(_, candidate)| candidate)
        .collect()
}

/// `did you mean …?` and the way to the whole list, or the way alone.
pub(crate) fn suggestion<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    list: &str,
) -> String {
    let quoted: Vec<_> = similar(word, candidates)
        .iter()
        .map(|close| format!("`{close}`"))
        .collect();
    if quoted.is_empty() {
        format!("`{list}` shows all")
    } else {
        format!("did you mean {}? `{list}` shows all", quoted.join(" or "))
    }
}

/// Insertions, deletions and substitutions from one word to the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: &[&str] = &["token.alg-none", "token.alg-none-case", "login.happy-path"];

    #[track_caller]
    fn check(word: &str, want: &[&str]) {
        assert_eq!(similar(word, IDS.iter().copied()), want);
    }

    #[test]
    fn a_slip_finds_what_was_meant() {
        check("token.alg_none", &["token.alg-none"]);
        check("happy-path", &["login.happy-path"]);
        check("alg-none", &["token.alg-none", "token.alg-none-case"]);
    }

    #[test]
    fn what_is_far_from_everything_finds_nothing() {
        check("x", &[]);
        check("database.plaintext", &[]);
    }

    #[test]
    fn the_distance_is_that_of_levenshtein() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
