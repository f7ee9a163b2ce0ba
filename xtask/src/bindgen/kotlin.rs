//! Finishes the generated Kotlin: names and classes as apps in Kotlin and Java want them, and calls that only the owner of the
//! library makes (see LibraryOwner.kt and Threads.kt there).

use anyhow::{Context as _, Result, ensure};

use super::words::{remove_passages, replace_lines, with_ids};

pub(super) fn finished(generated: &str) -> Result<String> {
    check_documentation(generated)?;
    let kotlin = with_ids(generated);
    let kotlin = owned(&kotlin)?;
    let kotlin = never_destroyed_by_hand(&kotlin)?;
    let kotlin = with_exception(&kotlin)?;
    let kotlin = with_lambdas(&kotlin)?;
    let kotlin = with_java_constructors(&kotlin)?;
    with_futures(&kotlin)
}

/// The engine's threads are configured in the JVM before the first callback is registered, and only the copy of these classes
/// that owns the library calls it or registers callbacks.
fn owned(kotlin: &str) -> Result<String> {
    const REGISTERS: &str = "uniffiCallbackInterfaceEventHandler.register(this)";
    let kotlin = replace_lines(
        kotlin,
        1,
        |line| line.trim() == REGISTERS,
        |line| {
            let indent = line.replace(REGISTERS, "");
            format!("{indent}LibraryOwner.check()\n{indent}adoptThreadsOfTheEngine()\n{line}")
        },
    )?;
    let kotlin = replace_lines(
        &kotlin,
        1,
        |line| line.starts_with("private fun findLibraryName("),
        |line| line.replacen("private", "internal", 1),
    )?;
    replace_lines(
        &kotlin,
        1,
        |line| line.starts_with("private inline fun ") && line.contains(" uniffiRustCallWithError("),
        |line| format!("{line}\n    LibraryOwner.check()"),
    )
}

/// UniFFI's `destroy` and `close` free a handle under an app that still uses it, and take the name of `Tim.destroy`. Handles are
/// freed when their objects are unreachable, by the cleaner that UniFFI has for that anyway.
fn never_destroyed_by_hand(kotlin: &str) -> Result<String> {
    let kotlin = remove_passages(kotlin, "// Interface implemented by anything that can contain", "}")?;
    let kotlin = remove_passages(&kotlin, "inline fun <T : Disposable?, R> T.use(", "    }")?;
    let kotlin = without(&kotlin, "    private val wasDestroyed = AtomicBoolean(false)\n")?;
    let kotlin = without(&kotlin, DESTROY)?;
    let kotlin = without(&kotlin, "import java.util.concurrent.atomic.AtomicBoolean\n")?;
    let kotlin = kotlin.replace(": Disposable, AutoCloseable, ", ": ");
    let left =
        ["Disposable", "AutoCloseable", "AtomicBoolean("].into_iter().find(|word| kotlin.contains(word));
    ensure!(left.is_none(), "the generated Kotlin has {left:?} elsewhere now");
    Ok(kotlin)
}

/// What each class has for it.
const DESTROY: &str = "    /**
     * Whether the current object has been destroyed and its reference is gone in the Rust side.
     */
    val uniffiIsDestroyed: Boolean get() = wasDestroyed.get()

    override fun destroy() {
        // Only allow a single call to this method.
        // TODO: maybe we should log a warning if called more than once?
        if (this.wasDestroyed.compareAndSet(false, true)) {
            // This decrement always matches the initial count of 1 given at creation time.
            if (this.callCounter.decrementAndGet() == 0L) {
                cleanable?.clean()
            }
        }
    }

    @Synchronized
    override fun close() {
        this.destroy()
    }

";

fn without(kotlin: &str, passage: &str) -> Result<String> {
    ensure!(kotlin.contains(passage), "the generated Kotlin has this no more:\n{passage}");
    Ok(kotlin.replace(passage, ""))
}

/// Every exception has `code` and `message`. UniFFI declares both in each subclass, and `message` twice.
fn with_exception(kotlin: &str) -> Result<String> {
    const CLASS: &str = "sealed class TimException: kotlin.Exception() {";
    let (before, from) = kotlin.split_once(CLASS).context("the generated Kotlin has another TimException")?;
    let (class, behind) = from.split_once("\n}\n").context("TimException has no end")?;
    let class = remove_passages(class, "        override val message", "    }")?;
    let class = class
        .replace("        val `code`: kotlin.Int", "        code: kotlin.Int")
        .replace("        val `message`: kotlin.String", "        message: kotlin.String")
        .replace(") : TimException() {", ") : TimException(code, message)");
    ensure!(!class.contains("val `"), "TimException has more than a code and a message now");
    Ok(format!(
        "{before}sealed class TimException(\n    /** The number: stable for ever, TIM's own where TIM has one. */\n    \
         val code: kotlin.Int,\n    /** What to do, in one line for people. */\n    override val message: kotlin.String,\n\
         ) : kotlin.Exception(message) {{{class}\n}}\n{behind}",
    ))
}

/// Callbacks are lambdas in Kotlin, as they are in Java. An Error of the host's (a failed assertion, `TODO()`) reaches the
/// engine as an exception does.
fn with_lambdas(kotlin: &str) -> Result<String> {
    const CALLBACKS: [&str; 5] =
        ["EventHandler", "EventListener", "LogSink", "ProgressListener", "UploadPlugin"];
    let is_callback = |line: &str| {
        let name = line.strip_prefix("public interface ").and_then(|name| name.strip_suffix(" {"));
        name.is_some_and(|name| CALLBACKS.contains(&name))
    };
    let kotlin = replace_lines(kotlin, CALLBACKS.len(), is_callback, |line| {
        line.replacen("public interface", "public fun interface", 1)
    })?;
    replace_lines(
        &kotlin,
        2,
        |line| line == "    } catch(e: kotlin.Exception) {",
        |_| "    } catch(e: kotlin.Throwable) {".to_owned(),
    )
}

/// Java makes options and the like without what has a default, and an instance by `Tim.create`.
fn with_java_constructors(kotlin: &str) -> Result<String> {
    const HAVE_DEFAULTS: [&str; 3] = ["NewGroup", "ProfileFields", "TimOptions"];
    let name = |line: &str| {
        line.strip_prefix("data class ").and_then(|class| class.strip_suffix(" (")).map(str::to_owned)
    };
    let kotlin = replace_lines(
        kotlin,
        HAVE_DEFAULTS.len(),
        |line| name(line).is_some_and(|name| HAVE_DEFAULTS.contains(&name.as_str())),
        |line| line.replace(" (", " @JvmOverloads constructor("),
    )?;
    replace_lines(
        &kotlin,
        1,
        |line| line.contains(" fun `create`(`options`: TimOptions): Tim {"),
        |line| line.replacen("@Throws", "@JvmStatic @Throws", 1),
    )
}

/// What suspends has a form that gives a future, for Java: `loginAsync` for `login`.
fn with_futures(kotlin: &str) -> Result<String> {
    let own: Vec<String> = kotlin
        .lines()
        .skip_while(|line| *line != "public interface TimInterface {")
        .take_while(|line| *line != "}")
        .filter_map(|line| line.trim().strip_prefix("suspend fun "))
        .map(future_form)
        .collect::<Result<_>>()?;
    // Functions of the file stand one blank farther in than methods.
    let functions: Vec<String> = kotlin
        .lines()
        .filter_map(|line| line.strip_prefix("     suspend fun ")?.strip_suffix(" {"))
        .map(future_form)
        .collect::<Result<_>>()?;
    ensure!(!own.is_empty() && !functions.is_empty(), "the generated Kotlin has its functions elsewhere now");
    let (before, from) =
        kotlin.split_once("\nopen class Tim: TimInterface\n").context("there is no class Tim")?;
    let (class, behind) = from.split_once("\n    companion object {").context("Tim has no companion")?;
    let (own, functions) = (own.concat(), functions.concat());
    const IMPORTED: &str = "\nimport java.util.concurrent.ConcurrentHashMap\n";
    ensure!(before.contains(IMPORTED), "the generated Kotlin imports other things now");
    let before =
        before.replacen(IMPORTED, &format!("\nimport java.util.concurrent.CompletableFuture{IMPORTED}"), 1);
    Ok(format!(
        "{before}\nopen class Tim: TimInterface\n{class}\n{own}    companion object {{{behind}\n\n{functions}"
    ))
}

/// Of a declaration: "`login`(`userID`: kotlin.String): LoginResult".
fn future_form(declared: &str) -> Result<String> {
    let (name, rest) = declared.split_once('(').context("a function has parameters")?;
    let (parameters, result) = rest.rsplit_once(')').context("parameters end")?;
    let name = name.trim_matches('`');
    let result = result.trim().strip_prefix(':').map_or("Void?", str::trim);
    let names: Vec<&str> =
        parameters.split("`: ").filter_map(|part| part.rsplit_once('`')).map(|(_, name)| name).collect();
    let overloads = if parameters.contains(" = ") { "    @JvmOverloads\n" } else { "" };
    let call = format!("`{name}`({})", names.join(", "));
    let body = if result == "Void?" { format!("{{ {call}; null }}") } else { format!("{{ {call} }}") };
    Ok(format!(
        "    /** [{name}] for Java: the future fails with a [TimException]. */\n{overloads}    \
         fun {name}Async({parameters}): CompletableFuture<{result}> = inFuture {body}\n\n"
    ))
}

/// The documentation uses the names of Kotlin and Swift: sendMessage, not `send_message` or a Rust path.
fn check_documentation(kotlin: &str) -> Result<()> {
    let foreign: Vec<&str> =
        kotlin.lines().filter(|line| is_documentation(line) && has_rust_names(line)).collect();
    ensure!(
        foreign.is_empty(),
        "the documentation of uniffi/src has names that only Rust knows:\n{}",
        foreign.join("\n")
    );
    Ok(())
}

fn is_documentation(line: &str) -> bool {
    let line = line.trim_start();
    line.strip_prefix("/*").unwrap_or(line).starts_with('*')
}

fn has_rust_names(line: &str) -> bool {
    let snake = |window: &[u8]| matches!(window, [before, b'_', after] if before.is_ascii_lowercase() && after.is_ascii_lowercase());
    line.contains("::") || line.contains("[`") || line.as_bytes().windows(3).any(snake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rusts_names_are_found_in_documentation_alone() {
        for (line, found) in [
            ("    /** Sends it with send_message. */", true),
            ("     * See [`Tim`].", true),
            ("     * See Tim::create.", true),
            ("     * See [Tim.sendMessage].", false),
            ("    val a = uniffi_tim_fn()", false),
        ] {
            assert_eq!(check_documentation(line).is_err(), found, "{line}");
        }
    }

    #[test]
    fn futures_take_what_their_function_takes_and_give_what_it_gives() {
        let join = future_form(
            "`joinGroup`(`groupID`: kotlin.String, `applyMessage`: kotlin.String = \"\"): JoinResult",
        )
        .unwrap();
        assert!(join.contains("    @JvmOverloads\n    fun joinGroupAsync(`groupID`: kotlin.String, `applyMessage`: kotlin.String = \"\"): CompletableFuture<JoinResult> = inFuture { `joinGroup`(groupID, applyMessage) }"), "{join}");
        let logout = future_form("`logout`()").unwrap();
        assert!(
            logout
                .contains("    fun logoutAsync(): CompletableFuture<Void?> = inFuture { `logout`(); null }"),
            "{logout}"
        );
    }
}
