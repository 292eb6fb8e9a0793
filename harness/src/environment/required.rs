//! `AUTHSPEC_REQUIRE`: what must be used, so that a run can never pass by falling back or skipping.

use std::fmt;

/// The variable that holds the comma list.
pub const VARIABLE: &str = "AUTHSPEC_REQUIRE";

/// Something that a machine may or may not offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Postgres,
    Mysql,
    Docker,
    Python,
    Node,
    Chromium,
}

impl Tool {
    const ALL: [Tool; 6] = [
        Tool::Postgres,
        Tool::Mysql,
        Tool::Docker,
        Tool::Python,
        Tool::Node,
        Tool::Chromium,
    ];

    /// The word in the list.
    pub fn word(self) -> &'static str {
        match self {
            Tool::Postgres => "postgres",
            Tool::Mysql => "mysql",
            Tool::Docker => "docker",
            Tool::Python => "python",
            Tool::Node => "node",
            Tool::Chromium => "chromium",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that names no tool: most likely a slip, so it must not require nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` in AUTHSPEC_REQUIRE is unknown; known are {}", known())]
pub struct UnknownTool {
    pub word: String,
}

fn known() -> String {
    Tool::ALL.map(Tool::word).join(", ")
}

/// The tools that must be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Required(Vec<Tool>);

impl Required {
    /// Reads the list from the environment; without one nothing is required.
    pub fn from_env(env: &dyn Fn(&str) -> Option<String>) -> Result<Required, UnknownTool> {
        Required::parse(&env(VARIABLE).unwrap_or_default())
    }

    /// Reads a comma list; blanks around the words do not count.
    pub fn parse(list: &str) -> Result<Required, UnknownTool> {
        list.split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(|word| {
                Tool::ALL
                    .into_iter()
                    .find(|tool| tool.word() == word)
                    .ok_or_else(|| UnknownTool {
                        word: word.to_owned(),
                    })
            })
            .collect::<Result<_, _>>()
            .map(Required)
    }

    /// Whether this tool must be used.
    pub fn requires(&self, tool: Tool) -> bool {
        self.0.contains(&tool)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_required_without_a_list() {
        assert_eq!(Required::from_env(&|_| None), Ok(Required::default()));
        assert_eq!(Required::parse(" , "), Ok(Required::default()));
    }

    #[test]
    fn a_named_tool_is_required_and_no_other() {
        let required = Required::parse("postgres, docker").unwrap();
        assert!(required.requires(Tool::Postgres) && required.requires(Tool::Docker));
        assert!(!required.requires(Tool::Python));
    }

    #[test]
    fn every_tool_can_be_named() {
        for tool in Tool::ALL {
            assert!(Required::parse(tool.word()).unwrap().requires(tool));
        }
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        assert_eq!(
            Required::parse("postgres,dokcer").unwrap_err().to_string(),
            "`dokcer` in AUTHSPEC_REQUIRE is unknown; \
             known are postgres, mysql, docker, python, node, chromium"
        );
    }
}
