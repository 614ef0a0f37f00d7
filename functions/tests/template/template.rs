//! Reading `template.yaml`.

use serde_yaml_ng::Value;

/// The template, for looking things up.
pub(crate) struct Template(Value);

/// A resource and its logical id.
#[derive(Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) id: &'a str,
    pub(crate) properties: &'a Value,
}

impl Template {
    pub(crate) fn read() -> Self {
        Self(serde_yaml_ng::from_str(include_str!("../../../template.yaml")).unwrap())
    }

    /// All resources of that type.
    pub(crate) fn all<'a>(&'a self, kind: &str) -> Vec<Resource<'a>> {
        let resources = self.0["Resources"].as_mapping().unwrap();
        let of_kind = resources.iter().filter(|(_, resource)| resource["Type"] == kind);
        let resource = |(id, resource): (&'a Value, &'a Value)| Resource {
            id: id.as_str().unwrap(),
            properties: &resource["Properties"],
        };
        of_kind.map(resource).collect()
    }

    pub(crate) fn resource(&self, id: &str) -> Resource<'_> {
        let mut resources = self.0["Resources"].as_mapping().unwrap().iter();
        let (id, resource) = resources.find(|(name, _)| *name == id).unwrap();
        Resource { id: id.as_str().unwrap(), properties: &resource["Properties"] }
    }

    /// All functions.
    pub(crate) fn functions(&self) -> Vec<Resource<'_>> {
        self.all("AWS::Serverless::Function")
    }

    /// Id, type and condition of each resource.
    pub(crate) fn conditions(&self) -> Vec<(&str, &str, Option<&str>)> {
        let resources = self.0["Resources"].as_mapping().unwrap().iter();
        resources
            .map(|(id, resource)| {
                (id.as_str().unwrap(), resource["Type"].as_str().unwrap(), resource["Condition"].as_str())
            })
            .collect()
    }

    /// The resources that outlive the stack, with their `DeletionPolicy`.
    pub(crate) fn retained(&self) -> Vec<(&str, &str, &str)> {
        let resources = self.0["Resources"].as_mapping().unwrap().iter();
        let policies = resources.filter_map(|(id, resource)| {
            let policy = resource["DeletionPolicy"].as_str()?;
            Some((id.as_str().unwrap(), resource["Type"].as_str().unwrap(), policy))
        });
        policies.collect()
    }

    /// The name of each output, with its value.
    pub(crate) fn outputs(&self) -> Vec<(&str, &Value)> {
        let outputs = self.0["Outputs"].as_mapping().unwrap().iter();
        outputs.map(|(name, output)| (name.as_str().unwrap(), &output["Value"])).collect()
    }

    /// A parameter by its name.
    pub(crate) fn parameter(&self, name: &str) -> &Value {
        &self.0["Parameters"][name]
    }

    /// What feeds a function, if anything does.
    pub(crate) fn source_of(&self, function: &str) -> Option<&str> {
        let mappings = self.all("AWS::Lambda::EventSourceMapping");
        let fed = mappings.into_iter().find(|mapping| mapping.text("FunctionName") == function);
        fed.map(|mapping| mapping.text("EventSourceArn"))
    }

    /// The function of that bin.
    pub(crate) fn function(&self, bin: &str) -> Resource<'_> {
        self.functions().into_iter().find(|function| function.bin() == bin).unwrap()
    }
}

impl<'a> Resource<'a> {
    /// The bin that a function's package is built from.
    pub(crate) fn bin(self) -> &'a str {
        let package = self.properties["CodeUri"].as_str().unwrap();
        package.strip_prefix("target/lambda/").and_then(|bin| bin.strip_suffix('/')).unwrap()
    }

    pub(crate) fn text(self, property: &str) -> &'a str {
        text(&self.properties[property])
    }
}

/// A text, or what an intrinsic function is given, which is text too: `!Ref`, `!GetAtt`, `!Sub`. Of an `!If` the last, which
/// is what holds on AWS.
pub(crate) fn text(value: &Value) -> &str {
    match value {
        Value::Tagged(tagged) if tagged.tag == "If" => {
            text(tagged.value.as_sequence().unwrap().last().unwrap())
        }
        Value::Tagged(tagged) => tagged.value.as_str().unwrap(),
        plain => plain.as_str().unwrap(),
    }
}

/// The intrinsic function of a value.
pub(crate) fn tag(value: &Value) -> String {
    match value {
        Value::Tagged(tagged) => tagged.tag.to_string(),
        _ => String::new(),
    }
}

/// One text or a list of them.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    value.as_sequence().map_or_else(|| vec![text(value)], |list| list.iter().map(text).collect())
}

/// The logical ids that a `!Sub` names: `${Id}` and `${Id.Attribute}`, without the `AWS::` ones.
pub(crate) fn named(sub: &str) -> Vec<&str> {
    let names = sub.split("${").skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    names.filter(|name| !name.starts_with("AWS::")).map(|name| name.split('.').next().unwrap()).collect()
}
