//! The texts that a profile is made of: the file itself and the one that it extends.

use std::{io, ops::Range, path::Path};

use toml::de::{DeTable, DeValue};

use super::{
    Source,
    error::{Complaint, Key, ProfileError},
    file::Profile,
    merge::Merge,
    presets,
};

struct Layer {
    file: String,
    text: String,
    profile: Profile,
}

/// The own file first, then what it extends.
pub(super) struct Layers(Vec<Layer>);

impl Layers {
    pub(super) fn read(
        source: Source<'_>,
        read: &dyn Fn(&Path) -> io::Result<String>,
    ) -> Result<Layers, ProfileError> {
        let (layer, folder) = match source {
            Source::Path(path) => (from_path(path, read)?, path.parent()),
            Source::Preset(name) => (
                from_preset(name).map_err(|message| ProfileError::plain("--preset", message))?,
                None,
            ),
            Source::Text { name, text } => (parse(name, text.to_owned())?, None),
        };
        let Some(extends) = layer.profile.extends.clone() else {
            return Ok(Layers(vec![layer]));
        };
        let key = Key::new("extends");
        let base = if is_path(&extends) {
            let path = folder.unwrap_or(Path::new("")).join(&extends);
            let text = read(&path).map_err(|error| {
                layer.error(&key, format!("cannot read `{}`: {error}", path.display()))
            })?;
            parse(&path.display().to_string(), text)?
        } else {
            from_preset(&extends).map_err(|message| layer.error(&key, message))?
        };
        if base.profile.extends.is_some() {
            let message = format!(
                "`{}` is extended by `{}` and may not extend another profile: merge the two",
                base.file, layer.file
            );
            return Err(base.error(&key, message));
        }
        Ok(Layers(vec![layer, base]))
    }

    /// All layers as one profile.
    pub(super) fn merged(&self) -> Profile {
        let profiles = self.0.iter().map(|layer| layer.profile.clone());
        profiles.reduce(Merge::over).unwrap_or_default()
    }

    /// What the profile is called where it has no `name`.
    pub(super) fn file(&self) -> &str {
        self.0.first().map_or("profile", |layer| &layer.file)
    }

    /// The complaint at the place that it is about.
    pub(super) fn error(&self, complaint: Complaint) -> ProfileError {
        let Complaint { key, message } = complaint;
        let mut found: Option<(&Layer, usize, Range<usize>)> = None;
        for layer in &self.0 {
            let Some((depth, span)) = locate(&layer.text, &key) else {
                continue;
            };
            if found.as_ref().is_none_or(|(_, best, _)| depth > *best) {
                found = Some((layer, depth, span));
            }
            // Lists replace each other, so what is below is not in force.
            if key.parts().first().is_some_and(|part| part == "resource") {
                break;
            }
        }
        match found {
            Some((layer, _, span)) => ProfileError::at(&layer.file, &layer.text, span, message),
            None => ProfileError::plain(self.file(), message),
        }
    }
}

impl Layer {
    fn error(&self, key: &Key, message: String) -> ProfileError {
        match locate(&self.text, key) {
            Some((_, span)) => ProfileError::at(&self.file, &self.text, span, message),
            None => ProfileError::plain(&self.file, message),
        }
    }
}

/// `extends` names a preset unless it looks like a path.
fn is_path(text: &str) -> bool {
    text.contains(['/', '\\']) || text.ends_with(".toml")
}

fn from_path(
    path: &Path,
    read: &dyn Fn(&Path) -> io::Result<String>,
) -> Result<Layer, ProfileError> {
    let file = path.display().to_string();
    let text = read(path)
        .map_err(|error| ProfileError::plain(&file, format!("cannot read the profile: {error}")))?;
    parse(&file, text)
}

fn from_preset(name: &str) -> Result<Layer, String> {
    let Some(preset) = presets::find(name) else {
        let known: Vec<_> = presets::PRESETS.iter().map(|preset| preset.name).collect();
        return Err(format!(
            "no preset is named `{name}`; there are {} (a path ends with `.toml`)",
            known.join(", ")
        ));
    };
    parse(&format!("preset {name}"), preset.text.to_owned()).map_err(|error| error.to_string())
}

fn parse(file: &str, text: String) -> Result<Layer, ProfileError> {
    match toml::from_str(&text) {
        Ok(profile) => Ok(Layer {
            file: file.to_owned(),
            text,
            profile,
        }),
        Err(error) => Err(ProfileError::at(
            file,
            &text,
            error.span().unwrap_or(0..0),
            in_words_of_toml(error.message()),
        )),
    }
}

/// What serde says, in the words that the file is described with.
fn in_words_of_toml(message: &str) -> String {
    // The name under which the parser passes dates on.
    if message.contains("$__toml_private_datetime") {
        return "a date is not allowed here".to_owned();
    }
    message
        .trim()
        .replace('\n', "; ")
        .replace("unknown field", "unknown key")
        .replace("missing field", "missing key")
}

/// The place of a value, or of the nearest table around it that exists, and how many parts of the key led there.
fn locate(text: &str, key: &Key) -> Option<(usize, Range<usize>)> {
    let mut here = DeValue::Table(DeTable::parse(text).ok()?.into_inner());
    let mut found = None;
    for (depth, part) in key.parts().iter().enumerate() {
        let next = match here {
            DeValue::Table(table) => table
                .into_iter()
                .find(|(name, _)| name.get_ref() == part.as_str())
                .map(|(_, value)| value),
            DeValue::Array(items) => part
                .parse()
                .ok()
                .and_then(|index: usize| items.into_iter().nth(index)),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => None,
        };
        let Some(value) = next else { break };
        found = Some((depth + 1, value.span()));
        here = value.into_inner();
    }
    found
}
