//! The methods of `tim.hpp` for the verbs.

use super::table::{Kind, ORIGIN, Parameter, Verb};

/// Letters of a line of C++.
const WIDTH: usize = 118;

pub(crate) fn text(verbs: &[Verb]) -> String {
    let methods: String = verbs.iter().map(method).collect();
    format!(
        "/*\n * The verbs of tim.hpp, which includes this: each as the function of tim.h that has its name.\n * {ORIGIN}\n */\n\
         #ifndef TIM_HPP\n#include \"tim.hpp\"\n#elif !defined(TIM_VERBS_HPP)\n#define TIM_VERBS_HPP\n\nnamespace tim {{\n\n\
         /** What an instance can be asked for. */\nclass verbs : protected detail::caller {{\npublic:\n    \
         using answer = std::future<std::string>;\n\n{methods}}};\n\n}}  // namespace tim\n\n#endif /* TIM_VERBS_HPP */\n"
    )
}

fn method(verb: &Verb) -> String {
    // Bytes are told from a file's name by their type.
    let name = verb.name.strip_suffix("_from_bytes").unwrap_or(&verb.name);
    let (gives, way) = if verb.creates { ("std::string", "make") } else { ("answer", "ask") };
    let parameters = declared(verb).join(", ");
    let told = format!("    /** As tim_{}. */\n", verb.name);
    let head = format!("    {gives} {name}({parameters}) const {{");
    let call = format!("        return {way}({});", arguments(verb).join(", "));
    format!("{told}{}\n{}\n    }}\n", wrapped(&head), wrapped(&call))
}

/// What has a default comes last, the listener of its progress first among these.
fn declared(verb: &Verb) -> Vec<String> {
    let (listeners, values): (Vec<_>, Vec<_>) =
        verb.parameters.iter().partition(|it| it.kind == Kind::Progress);
    let (optional, required): (Vec<_>, Vec<_>) = values.into_iter().partition(|it| default(it).is_some());
    required.into_iter().chain(listeners).chain(optional).map(parameter).collect()
}

fn parameter(parameter: &Parameter) -> String {
    let name = parameter.in_c();
    let declared = match &parameter.kind {
        Kind::Text | Kind::OptionalText | Kind::Json(_) | Kind::OptionalJson(_) | Kind::Word(_) => {
            format!("const std::string &{name}")
        }
        Kind::Rendition => format!("std::uint32_t {name}"),
        Kind::Plain("i32") => format!("std::int32_t {name}"),
        Kind::Plain("i64") => format!("std::int64_t {name}"),
        Kind::Plain("f64") => format!("double {name}"),
        Kind::Plain(other) => format!("{other} {name}"),
        Kind::Bytes => format!("const std::uint8_t *{name}, std::size_t length"),
        Kind::Progress => format!("progress_callback {name} = {{}}"),
    };
    default(parameter).map_or(declared.clone(), |value| format!("{declared} = {value}"))
}

fn default(parameter: &Parameter) -> Option<String> {
    match (&parameter.kind, &parameter.default) {
        (Kind::OptionalText | Kind::OptionalJson(_), _) => Some("{}".to_owned()),
        (Kind::Progress, _) => None,
        // A list is a text of JSON.
        (Kind::Json(_), Some(list)) => Some(format!("{list:?}")),
        (_, default) => default.clone(),
    }
}

/// The function, then what it takes between the handle and what every function has at its end.
fn arguments(verb: &Verb) -> Vec<String> {
    let listener = verb.has(&Kind::Progress).then(|| "std::move(on_progress)".to_owned());
    let values = verb.values().map(|it| match it.kind {
        Kind::Bytes => format!("{}, length", it.name),
        _ => it.in_c(),
    });
    listener.into_iter().chain([format!("tim_{}", verb.name)]).chain(values).collect()
}

/// Broken between arguments, under the first of them.
fn wrapped(line: &str) -> String {
    let indent = line.find('(').map_or(0, |at| at + 1);
    let mut lines = vec![String::new()];
    for argument in line.split_inclusive(", ") {
        match lines.last_mut() {
            Some(last) if last.is_empty() || last.len() + argument.trim_end().len() <= WIDTH => {
                last.push_str(argument);
            }
            _ => lines.push(" ".repeat(indent) + argument),
        }
    }
    lines.join("\n")
}
