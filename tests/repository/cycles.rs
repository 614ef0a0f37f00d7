//! No two modules of a crate depend on each other, directly or through others.
//!
//! At each level, a crate's modules are compared with their siblings, each with everything below it. A module may use what
//! its parent defines, and a parent uses its children; neither counts. What a parent re-exports counts as the child's.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

use syn::{
    Attribute, Item, ItemMod, ItemUse, UseTree,
    visit::{self, Visit},
};

/// The names from the root of a crate down to a module.
type Module = Vec<String>;

/// The modules of one crate, with what each of them names.
#[derive(Default)]
struct Crate {
    paths: BTreeMap<Module, Vec<Vec<String>>>,
    /// What `use` gives a name to, by module and name.
    uses: HashMap<(Module, String), Vec<String>>,
}

/// Collects the paths of one file, but for its tests.
#[derive(Default)]
struct Paths {
    paths: Vec<Vec<String>>,
    uses: Vec<(String, Vec<String>)>,
}

impl Paths {
    fn flatten(&mut self, prefix: &[String], tree: &UseTree) {
        let with = |name: String| [prefix, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.flatten(&with(path.ident.to_string()), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.flatten(prefix, tree)),
            UseTree::Glob(_) => self.paths.push(prefix.to_vec()),
            UseTree::Name(name) if name.ident == "self" => {
                self.uses.extend(prefix.last().map(|last| (last.clone(), prefix.to_vec())));
                self.paths.push(prefix.to_vec());
            }
            UseTree::Name(name) => {
                let path = with(name.ident.to_string());
                self.uses.push((name.ident.to_string(), path.clone()));
                self.paths.push(path);
            }
            UseTree::Rename(rename) => {
                let path = with(rename.ident.to_string());
                self.uses.push((rename.rename.to_string(), path.clone()));
                self.paths.push(path);
            }
        }
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|argument| argument == "test")
    })
}

impl Visit<'_> for Paths {
    fn visit_item_mod(&mut self, module: &ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        if !is_test(&item.attrs) {
            self.flatten(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names.len() > 1 {
            self.paths.push(names);
        }
        visit::visit_path(self, path);
    }
}

impl Crate {
    fn read(source: &Path) -> Self {
        let mut read = Self::default();
        for file in super::files(source, ".rs") {
            let inside = file.strip_prefix(source).unwrap().with_extension("");
            let mut module: Module = inside.iter().map(|name| name.to_string_lossy().into_owned()).collect();
            if module.iter().any(|name| name == "tests" || name == "bin") {
                continue;
            }
            if module == ["lib"] || module == ["main"] {
                module.clear();
            }
            let parsed = syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap();
            let mut paths = Paths::default();
            parsed.items.iter().for_each(|item: &Item| paths.visit_item(item));
            let uses = paths.uses.into_iter().map(|(name, path)| ((module.clone(), name), path));
            read.uses.extend(uses);
            read.paths.entry(module).or_default().extend(paths.paths);
        }
        read
    }

    /// The module that defines what a path in `here` names; none outside this crate.
    fn resolve(&self, here: &Module, path: &[String], depth: usize) -> Option<Module> {
        let (first, mut rest) = path.split_first()?;
        let mut module = match first.as_str() {
            "crate" => Vec::new(),
            "self" => here.clone(),
            "super" => here.split_last()?.1.to_vec(),
            _ => {
                rest = path;
                here.clone()
            }
        };
        let is_relative = rest.len() == path.len();
        for (index, name) in rest.iter().enumerate() {
            let child = [&module[..], std::slice::from_ref(name)].concat();
            if name == "super" {
                module.pop();
            } else if self.paths.contains_key(&child) {
                module = child;
            } else if let Some(target) =
                self.uses.get(&(module.clone(), name.clone())).filter(|_| depth < 8 && !is_relative)
            {
                let further = [target, &rest[index + 1..]].concat();
                return self.resolve(&module, &further, depth + 1).or(Some(module));
            } else {
                return (!is_relative || index > 0).then_some(module);
            }
        }
        Some(module)
    }

    /// Which sibling uses which, below each parent.
    fn siblings(&self) -> BTreeMap<Module, BTreeMap<String, BTreeSet<String>>> {
        let mut graphs: BTreeMap<Module, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for (from, paths) in &self.paths {
            for to in paths.iter().filter_map(|path| self.resolve(from, path, 0)) {
                let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
                if let (Some(a), Some(b)) = (from.get(shared), to.get(shared)) {
                    let graph = graphs.entry(from[..shared].to_vec()).or_default();
                    graph.entry(a.clone()).or_default().insert(b.clone());
                }
            }
        }
        graphs
    }
}

/// A way from a node back to itself; none if there is no such way.
fn cycle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn search<'a>(
        graph: &'a BTreeMap<String, BTreeSet<String>>,
        node: &'a str,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> bool {
        if way.contains(&node) {
            way.push(node);
            return true;
        }
        if !done.insert(node) {
            return false;
        }
        way.push(node);
        let found = graph.get(node).into_iter().flatten().any(|next| search(graph, next, way, done));
        if !found {
            way.pop();
        }
        found
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|start| {
        let mut way = Vec::new();
        let found = search(graph, start, &mut way, &mut done);
        let begin = way.iter().position(|node| Some(node) == way.last()).unwrap_or_default();
        found.then(|| way[begin..].iter().map(ToString::to_string).collect())
    })
}

#[test]
fn no_module_depends_on_itself_through_its_siblings() {
    let crates = super::members();
    let mut cycles = Vec::new();
    let mut edges = 0;
    for source in crates.iter().map(|member| super::root().join(member).join("src")) {
        for (parent, graph) in Crate::read(&source).siblings() {
            edges += graph.values().map(BTreeSet::len).sum::<usize>();
            if let Some(way) = cycle(&graph) {
                let place: PathBuf = source.strip_prefix(super::root()).unwrap().into();
                cycles.push(format!("{} {}: {}", place.display(), parent.join("::"), way.join(" -> ")));
            }
        }
    }
    assert!(edges > 200, "only {edges} dependencies were found: the test reads the sources wrongly");
    assert_eq!(cycles, Vec::<String>::new());
}

#[test]
fn a_cycle_is_found_through_any_number_of_modules() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    };
    assert_eq!(cycle(&graph(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])), None);
    let round = cycle(&graph(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")])).unwrap();
    assert_eq!(round, ["b", "c", "d", "b"]);
}
