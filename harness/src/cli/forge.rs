//! `authspec forge`: a manipulated token, to repeat a finding by hand.

use std::time::UNIX_EPOCH;

use clap::Args;
use reports::escape::line;
use reports::gate::EXIT_PASSED;

use crate::forge::{Forged, Key, Material, Part, Recipe, Token, Unforgeable, forge, recipes};

use super::list::table;
use super::secrets::SecretArguments;
use super::similar::suggestion;
use super::{Io, Stop};

/// Reads a token on standard input and prints the manipulated one.
///
/// A second line of the input is the token of another account, for the recipes that need one. A recipe that has several
/// forms prints each as `RECIPE#FORM` and its token; `RECIPE#FORM` prints that token alone.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The manipulation, such as `alg-none`, or one form of it: `alg-none#none`.
    #[arg(value_name = "RECIPE", required_unless_present = "list")]
    recipe: Option<String>,
    /// Lists all recipes.
    #[arg(long, conflicts_with = "recipe")]
    list: bool,
    #[command(flatten)]
    secret: SecretArguments,
}

pub(super) fn run(arguments: &Arguments, io: &Io) -> Result<u8, Stop> {
    let Some(name) = &arguments.recipe else {
        io.print(&listed())?;
        return Ok(EXIT_PASSED);
    };
    let secret = arguments.secret.read(io)?;
    let input = io.read_stdin()?;
    let mut lines = input.lines().map(str::trim).filter(|line| !line.is_empty());
    let token = lines.next().map(token).transpose()?;
    let other = lines.next().map(token_of_another).transpose()?;
    let key = match (&secret, &token) {
        (None, _) => None,
        (Some(secret), Some(token)) => {
            Some(Key::fitting(secret.expose(), token).ok_or_else(|| {
                Stop::new("the key that was given did not sign this token")
                    .advice("give the secret or private key of the token's own issuer")
            })?)
        }
        (Some(_), None) => return Err(no_token()),
    };
    let now = (io.clock)().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut rng = rand::rng();
    let mut material = Material {
        other: other.as_ref(),
        key: key.as_ref(),
        ..Material::new(
            token.as_ref(),
            i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
            &mut rng,
        )
    };
    let forged = forge(name, &mut material).map_err(|why| refused(name, &why, token.is_none()))?;
    io.print(&printed(name, &forged))?;
    for document in forged.iter().filter_map(|one| one.serve.as_ref()) {
        io.stderr.note(&format!(
            "it makes sense only while {} answers:\n{}\n",
            document.path, document.body
        ));
    }
    Ok(EXIT_PASSED)
}

fn token(text: &str) -> Result<Token, Stop> {
    Token::parse(text).map_err(|why| {
        Stop::new(format!(
            "the text on standard input is no JSON web token: {why}"
        ))
        .advice("give the token alone, without `Bearer`: three parts between two dots")
    })
}

fn token_of_another(text: &str) -> Result<Token, Stop> {
    Token::parse(text).map_err(|why| {
        Stop::new(format!(
            "the second line on standard input is no JSON web token: {why}"
        ))
        .advice("give the token of another account there, or leave it out")
    })
}

fn no_token() -> Stop {
    Stop::new("there is no token on standard input")
        .advice("give one: printf %s \"$TOKEN\" | authspec forge RECIPE")
}

fn refused(name: &str, why: &Unforgeable, without_token: bool) -> Stop {
    let stop = Stop::new(format!("cannot forge `{name}`: {why}"));
    match why {
        Unforgeable::UnknownRecipe(unknown) => {
            let names = recipes().map(|recipe| recipe.name);
            Stop::new(why.to_string()).advice(suggestion(unknown, names, "authspec forge --list"))
        }
        Unforgeable::NotAToken if without_token => no_token(),
        Unforgeable::NeedsOther => {
            stop.advice("give the token of another account on a second line")
        }
        Unforgeable::UnknownForm { recipe, .. } => {
            stop.advice(format!("`authspec forge {recipe}` shows the forms"))
        }
        Unforgeable::NotAToken
        | Unforgeable::UnknownAlgorithm(_)
        | Unforgeable::NeedsKey
        | Unforgeable::KeyMismatch { .. }
        | Unforgeable::NeedsPublicKey
        | Unforgeable::NeedsListener
        | Unforgeable::OtherIssuer { .. }
        | Unforgeable::NoClaim(_)
        | Unforgeable::NothingToChange(_)
        | Unforgeable::Crypto(_) => {
            stop.advice("`authspec forge --list` shows what each recipe needs")
        }
    }
}

/// One token as it is, for a pipe; several with their names, for the eye.
fn printed(name: &str, forged: &[Forged]) -> String {
    match forged {
        [only] => format!("{}\n", only.text),
        several => {
            let recipe = name.split('#').next().unwrap_or(name);
            several
                .iter()
                .map(|one| format!("{recipe}#{}  {}\n", one.name, line(&one.text)))
                .collect()
        }
    }
}

fn listed() -> String {
    let rows: Vec<_> = recipes()
        .map(|recipe| {
            [
                recipe.name.to_owned(),
                changes(recipe),
                needs(recipe),
                recipe.title.to_owned(),
            ]
        })
        .collect();
    table(["RECIPE", "CHANGES", "NEEDS", "WHAT IT IS"], &rows)
}

fn changes(recipe: &Recipe) -> String {
    let word = |part: &Part| match part {
        Part::Header => "header",
        Part::Claims => "claims",
        Part::Signature => "signature",
        Part::Encoding => "encoding",
    };
    recipe
        .changes
        .iter()
        .map(word)
        .collect::<Vec<_>>()
        .join(",")
}

fn needs(recipe: &Recipe) -> String {
    recipe
        .needs
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",")
}
