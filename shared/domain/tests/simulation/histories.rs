//! The recorded histories: what reached some of the devices, and what they had to show. The page's own client is held to
//! the same by `web/tests/unit/histories.test.ts`.
//!
//! `BELFRY_BLESS=1 cargo test -p belfry-domain --test simulation histories` writes them.

use std::{collections::BTreeMap, env, fs, path::PathBuf};

use super::{
    history_of,
    record::{OF_A_CLIENT, Story},
    rules::Rules,
    world::{FOLLOWER, Manner},
};

/// Long enough that four notifications don't fit a frame.
const WORDY: usize = 8_000;

/// Whose story is told, and in what manner of world.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Of a device that loads the list over every line: the first or the second of the owner's.
    Loads(usize),
    /// Of one that lives by resuming alone.
    Resumes,
    /// Of one that resumes, and is pushed to.
    Hears,
    /// Of one that resumes by answers in several parts, some of which break off.
    Parts,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Loads(0) => "first",
            Self::Loads(_) => "second",
            Self::Resumes => "resumes",
            Self::Hears => "hears",
            Self::Parts => "parts",
        }
    }

    fn story(self, seed: u64) -> Story {
        let hears = matches!(self, Self::Hears);
        let wordy = if matches!(self, Self::Parts) { WORDY } else { 0 };
        let manner = Manner { hears, wordy, recorded: true };
        let (breaches, world) = history_of(seed, Rules::COMPLETE, manner, false);
        assert_eq!(breaches, [], "{self:?} {seed}");
        let device = if let Self::Loads(device) = self { device } else { FOLLOWER };
        world.stories.into_iter().nth(device).unwrap()
    }
}

/// Small ones, each of which goes wrong for several clients that leave something out.
const CHOSEN: [(Kind, &[u64]); 5] = [
    (Kind::Loads(0), &[834, 1_507, 1_617, 1_635, 1_825]),
    (Kind::Loads(1), &[112, 254, 794, 1_051, 1_157, 1_212, 1_334, 1_498, 1_628, 1_663, 1_993]),
    (Kind::Resumes, &[64, 1_174, 1_566, 1_633, 1_962]),
    (Kind::Hears, &[119, 640, 692, 788, 1_216, 1_692]),
    (Kind::Parts, &[328, 403, 863]),
];

fn chosen() -> impl Iterator<Item = (String, Story)> {
    let named = |kind: Kind, seed: u64| (format!("{}-{seed}.jsonl", kind.name()), kind.story(seed));
    CHOSEN.into_iter().flat_map(move |(kind, seeds)| seeds.iter().map(move |seed| named(kind, *seed)))
}

fn written(folder: &PathBuf) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
    let named = |path: PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
    };
    files.map(named).collect()
}

#[test]
fn the_recorded_histories_are_what_the_simulation_lives() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/histories");
    let lived: BTreeMap<_, _> = chosen().map(|(name, story)| (name, story.lines)).collect();
    if env::var_os("BELFRY_BLESS").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, lines) in &lived {
            fs::write(folder.join(name), lines).unwrap();
        }
    }
    let written = written(&folder);
    let differs = |name: &&String| written.get(*name) != lived.get(*name);
    let differ: Vec<_> = lived.keys().chain(written.keys()).filter(differs).collect();
    assert!(
        differ.is_empty(),
        "other histories are recorded: {differ:?}. If those that are lived now are right: \
         BELFRY_BLESS=1 cargo test -p belfry-domain --test simulation histories"
    );
}

#[test]
fn each_guard_of_a_client_makes_a_difference_to_some_of_the_recorded_histories() {
    let stories: Vec<_> = chosen().map(|(_, story)| story).collect();
    for guard in OF_A_CLIENT {
        let needing = stories.iter().filter(|story| story.needs.contains(&guard)).count();
        assert!(needing >= 3, "{guard:?}: {needing}");
    }
}

#[test]
fn a_device_that_resumes_and_is_pushed_to_shows_what_is_stored() {
    let manner = Manner { hears: true, ..Manner::default() };
    for seed in 1..=500 {
        let (breaches, _) = history_of(seed, Rules::COMPLETE, manner, false);
        assert_eq!(breaches, [], "{seed}");
    }
}
