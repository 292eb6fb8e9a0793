//! The query string of the task list: pages, filters, order; everything else is ignored.

use crate::problem::Problem;

/// A page of at most this many tasks.
const MAX_LIMIT: u32 = 100;
const MAX_OFFSET: u32 = 1_000_000;

/// What the list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub limit: u32,
    pub offset: u32,
    pub completed: Option<bool>,
    /// Text that the title must hold, in any letter case.
    pub search: Option<String>,
    pub sort: Sort,
}

/// The order; ties are broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub by: Column,
    pub descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    CreatedAt,
    UpdatedAt,
    Title,
    Completed,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            limit: 50,
            offset: 0,
            completed: None,
            search: None,
            sort: Sort {
                by: Column::CreatedAt,
                descending: false,
            },
        }
    }
}

impl Query {
    /// Reads decoded name and value pairs; a parameter that comes twice is refused.
    pub(crate) fn read(pairs: &[(String, String)]) -> Result<Self, Problem> {
        let mut query = Self::default();
        let mut seen = Vec::new();
        for (name, value) in pairs {
            if !["limit", "offset", "completed", "q", "sort"].contains(&name.as_str()) {
                continue;
            }
            if seen.contains(&name) {
                return Err(Problem::invalid("A parameter must come once."));
            }
            seen.push(name);
            match name.as_str() {
                // A larger page is cut to the largest, so that clients may ask for "all they can get".
                "limit" => {
                    query.limit = number(value)
                        .filter(|n| *n > 0)
                        .ok_or(Problem::invalid("limit must be a number above 0."))?
                        .min(MAX_LIMIT)
                }
                "offset" => {
                    query.offset = number(value)
                        .filter(|n| *n <= MAX_OFFSET)
                        .ok_or(Problem::invalid("offset must be 0 to 1000000."))?
                }
                "completed" => {
                    query.completed = Some(
                        value
                            .parse()
                            .map_err(|_| Problem::invalid("completed must be true or false."))?,
                    )
                }
                "q" => query.search = Some(search(value)?).filter(|text| !text.is_empty()),
                _ => query.sort = sort(value)?,
            }
        }
        Ok(query)
    }
}

fn number(text: &str) -> Option<u32> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn search(text: &str) -> Result<String, Problem> {
    if text.chars().count() > 200 || text.contains('\0') {
        return Err(Problem::invalid(
            "q must have at most 200 characters and no NUL.",
        ));
    }
    Ok(text.to_owned())
}

fn sort(text: &str) -> Result<Sort, Problem> {
    let (descending, name) = text
        .strip_prefix('-')
        .map_or((false, text), |name| (true, name));
    let by = match name {
        "created_at" => Column::CreatedAt,
        "updated_at" => Column::UpdatedAt,
        "title" => Column::Title,
        "completed" => Column::Completed,
        _ => {
            return Err(Problem::invalid(
                "sort must be created_at, updated_at, title or completed, with - for descending.",
            ));
        }
    };
    Ok(Sort { by, descending })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, value: &str) -> Result<Query, Problem> {
        Query::read(&[(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn a_page_is_bounded() {
        assert_eq!(read("limit", "100000").unwrap().limit, 100);
    }

    #[test]
    fn what_is_no_number_in_range_is_refused() {
        for (name, value) in [
            ("limit", "-1"),
            ("limit", "0"),
            ("limit", "+1"),
            ("limit", ""),
            ("limit", "99999999999"),
            ("offset", "-1"),
            ("offset", "1e3"),
        ] {
            assert!(read(name, value).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn only_known_columns_sort() {
        assert!(read("sort", "-title").unwrap().sort.descending);
        assert!(read("sort", "owner").is_err());
        assert!(read("sort", "title; DROP TABLE tasks").is_err());
    }

    #[test]
    fn unknown_parameters_change_nothing() {
        assert_eq!(read("user_id", "x").unwrap(), Query::default());
    }
}
