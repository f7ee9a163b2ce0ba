# shellcheck shell=bash
# Sourced by the findings that generate bindings with UniFFI 0.32.2: `dir` becomes a temporary folder, and the current one, with
# a crate `chat` in it that lacks only src/lib.rs.

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "chat"
version = "0.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[[bin]]
name = "generate"
path = "src/generate.rs"
[dependencies]
uniffi = { version = "=0.32.2", features = ["cli"] }
[profile.dev]
debug = 0
TOML
echo 'fn main() { uniffi::uniffi_bindgen_main() }' >src/generate.rs

# generate LANGUAGE: builds the crate, and writes its bindings to the folder bindings.
generate() {
    cargo build --quiet
    target/debug/generate generate target/debug/libchat.so --language "$1" --no-format --out-dir bindings >/dev/null 2>&1
}

# compile_kotlin FILE...: with Kotlin 2.4.21 and JNA 5.18.1, into the folder classes; the jars are in the folder java.
compile_kotlin() {
    cat >pom.xml <<'XML'
<project>
  <modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>chat</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.jetbrains.kotlin</groupId><artifactId>kotlin-compiler-embeddable</artifactId><version>2.4.21</version></dependency>
    <dependency><groupId>net.java.dev.jna</groupId><artifactId>jna</artifactId><version>5.18.1</version></dependency>
  </dependencies>
</project>
XML
    mvn -q -B dependency:copy-dependencies -DoutputDirectory=java >/dev/null
    java -cp 'java/*' org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -nowarn -no-stdlib -no-reflect \
        -cp "$(printf '%s:' java/*.jar)" -d classes "$@"
}
