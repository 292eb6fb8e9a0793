//! Where reports go. Files are opened before the run and appear whole after it, or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use reports::{FORMATS, Format, RenderOptions, Report};

use super::{Io, Stop};

/// One `--report FORMAT[=PATH]`.
#[derive(Debug, Clone)]
pub(super) struct ReportTo {
    format: &'static Format,
    /// Standard output where there is none.
    path: Option<PathBuf>,
}

impl ReportTo {
    pub(super) fn parse(text: &str) -> Result<ReportTo, String> {
        let (name, path) = match text.split_once('=') {
            Some((_, "")) => return Err("the path after `=` is missing".into()),
            Some((name, path)) => (name, Some(PathBuf::from(path))),
            None => (text, None),
        };
        let Some(format) = reports::format(name) else {
            let known: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
            return Err(format!(
                "there is no format `{name}`; there are {}",
                known.join(", ")
            ));
        };
        Ok(ReportTo { format, path })
    }
}

/// All places that reports of one run go to, open and empty.
pub(super) struct Outputs {
    files: Vec<(&'static Format, Pending)>,
    stdout: &'static Format,
}

impl Outputs {
    /// Opens every file, so that a path that cannot be written is told before the run.
    pub(super) fn open(asked: &[ReportTo]) -> Result<Outputs, Stop> {
        let mut on_stdout: Vec<_> = asked
            .iter()
            .filter(|report| report.path.is_none())
            .collect();
        if on_stdout.len() > 1 {
            return Err(Stop::new("two reports cannot share standard output")
                .advice("give all but one a file: --report FORMAT=PATH"));
        }
        let console = FORMATS
            .first()
            .ok_or_else(|| Stop::new("there is no format"))?;
        let mut files: Vec<(&'static Format, Pending)> = Vec::new();
        for report in asked {
            let Some(path) = &report.path else { continue };
            let pending = Pending::open(path)?;
            if files.iter().any(|(_, other)| other.path == pending.path) {
                return Err(
                    Stop::new(format!("two reports cannot share {}", path.display()))
                        .advice("give each a file of its own: --report FORMAT=PATH"),
                );
            }
            files.push((report.format, pending));
        }
        Ok(Outputs {
            files,
            stdout: on_stdout.pop().map_or(console, |report| report.format),
        })
    }

    /// Writes all of them; the files first, so that they are there when standard output is read.
    pub(super) fn write(self, report: &Report, verbose: bool, io: &Io) -> Result<(), Stop> {
        let plain = RenderOptions {
            verbose,
            ..RenderOptions::default()
        };
        for (format, pending) in self.files {
            pending.finish(&(format.render)(report, &plain))?;
        }
        let styled = RenderOptions {
            color: io.stdout.is_styled,
            ..plain
        };
        io.print(&(self.stdout.render)(report, &styled))
    }
}

/// A file that is written beside its place and moved there when it is whole.
struct Pending {
    path: PathBuf,
    beside: Option<PathBuf>,
    file: File,
}

impl Pending {
    fn open(path: &Path) -> Result<Pending, Stop> {
        let refuse = |why: String| {
            Stop::new(format!("cannot write the report {}: {why}", path.display())).advice(
                "nothing was sent; name a file in a directory that exists and can be written",
            )
        };
        // A link is followed, so that what it leads to is replaced and not the link.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&place) {
            Ok(there) if there.is_dir() => return Err(refuse("it is a directory".into())),
            // A device or a pipe cannot be replaced.
            Ok(there) if !there.is_file() => {
                let file = File::options().write(true).open(&place);
                return Ok(Pending {
                    file: file.map_err(|error| refuse(error.to_string()))?,
                    path: place,
                    beside: None,
                });
            }
            Ok(_) | Err(_) => {}
        }
        let Some(name) = place.file_name() else {
            return Err(refuse("it names no file".into()));
        };
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{:016x}.part", rand::random::<u64>()));
        let beside = place.with_file_name(hidden);
        let file = File::create_new(&beside).map_err(|error| refuse(error.to_string()))?;
        Ok(Pending {
            path: place,
            beside: Some(beside),
            file,
        })
    }

    fn finish(mut self, text: &str) -> Result<(), Stop> {
        let written = self.file.write_all(text.as_bytes()).and_then(|()| {
            let Some(beside) = &self.beside else {
                return Ok(());
            };
            self.file.sync_all()?;
            fs::rename(beside, &self.path)
        });
        written.map_err(|error| {
            Stop::new(format!(
                "cannot write the report {}: {error}",
                self.path.display()
            ))
            .advice("make room or name another file, and run it again")
        })?;
        self.beside = None;
        Ok(())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            let _ = fs::remove_file(beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> PathBuf {
        let path = std::env::temp_dir().join(format!("authspec-{:016x}", rand::random::<u64>()));
        fs::create_dir(&path).unwrap();
        path
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_report_appears_whole_or_not_at_all() {
        let directory = directory();
        let path = directory.join("report.json");
        drop(Pending::open(&path).unwrap());
        assert_eq!(names(&directory), [""; 0]);
        fs::write(&path, "the report of the last run").unwrap();
        let pending = Pending::open(&path).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "the report of the last run"
        );
        pending.finish("new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(&directory), ["report.json"]);
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_path_that_cannot_be_written_is_refused_at_once() {
        let directory = directory();
        assert!(Pending::open(&directory).is_err());
        assert!(Pending::open(&directory.join("no/report.json")).is_err());
        assert_eq!(names(&directory), [""; 0]);
        fs::remove_dir_all(directory).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        Pending::open(Path::new("/dev/null"))
            .unwrap()
            .finish("x")
            .unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn an_unknown_format_names_the_known_ones() {
        let error = ReportTo::parse("sarif=x").unwrap_err();
        assert_eq!(
            error,
            "there is no format `sarif`; there are console, json, junit"
        );
        assert!(ReportTo::parse("json=").is_err());
    }
}
