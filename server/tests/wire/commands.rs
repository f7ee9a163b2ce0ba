//! The commands as an operator types them: what they answer, what they leave, and what they say when they cannot.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tim_server::data::Data;

use crate::stage::{Server, program, refusal};

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The output of a command, on standard output and standard error.
fn said(output: &Output) -> (String, String) {
    assert!(output.status.success(), "{output:?}");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

/// The keys of an application as they were shown, the newest first.
fn keys(answer: &str) -> Vec<&str> {
    answer.lines().skip(1).map(|line| line.rsplit_once(' ').unwrap().1).collect()
}

/// Runs the server's program to its end with its answers going elsewhere.
fn program_into(answers: impl Into<Stdio>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tim-server"));
    command
        .args(arguments)
        .stdout(answers)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap()
}

#[test]
fn an_application_is_made_once_and_then_shown() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(&folder.path().join("data"));
    let app = ["app", "--data", &data, "--id", "1400000001"];
    let (made, remark) = said(&program(&app));
    assert!(made.starts_with("SDKAppID 1400000001\nkey      ") && remark.is_empty(), "{made}{remark}");
    for _ in 0..2 {
        let (shown, remark) = said(&program(&app));
        assert_eq!(shown, made);
        assert!(remark.contains("nothing was changed") && remark.contains("--new-key"), "{remark}");
    }
    let (other, _) = said(&program(&["app", "--data", &data]));
    assert_ne!(other.lines().next(), made.lines().next());
}

#[test]
fn a_new_key_is_asked_for_and_ends_the_one_before_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(&folder.path().join("data"));
    let app = ["app", "--data", &data, "--id", "7"];
    let new_key = ["app", "--data", &data, "--id", "7", "--new-key"];
    let why = refusal(&program(&new_key));
    assert!(why.contains("there is no data") && !Path::new(&data).exists(), "a typo begins nothing: {why}");
    let (first, _) = said(&program(&app));
    let (second, remark) = said(&program(&new_key));
    assert_eq!(keys(&second)[1..], keys(&first));
    assert!(remark.contains("the key it had still holds"), "{remark}");
    let (third, remark) = said(&program(&new_key));
    assert_eq!(keys(&third)[1..], keys(&second)[..1]);
    assert!(remark.contains("the older of the two keys it had no longer holds"), "{remark}");
    assert_eq!(said(&program(&app)).0, third);
    let why = refusal(&program(&["app", "--data", &data, "--id", "8", "--new-key"]));
    assert!(why.contains("no application 8") && why.contains("app --id 8"), "{why}");
}

#[test]
fn who_stopped_reading_is_not_told_so() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = program_into(writer, &["config"]);
    assert!(!output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_finds_no_room_is_lamented_in_one_line_and_given_again() {
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = text(&folder.path().join("data"));
    let why = refusal(&program_into(full(), &["config"]));
    assert!(why.contains("No space left") && why.contains("make room"), "{why}");
    let why = refusal(&program_into(full(), &["app", "--data", &data]));
    let id = why.rsplit_once("--id ").unwrap().1.split(' ').next().unwrap();
    let (shown, _) = said(&program(&["app", "--data", &data, "--id", id]));
    assert!(why.contains("No space left") && keys(&shown).len() == 1, "{why}{shown}");
}

#[test]
fn what_cannot_be_read_is_not_said_to_be_absent_or_busy() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| text(&folder.path().join(name));
    let usersig =
        |data: &str| refusal(&program(&["usersig", "--data", data, "--app", "7", "--user", "alice"]));
    let kick = |data: &str| refusal(&program(&["kick", "--data", data, "--app", "7", "--user", "alice"]));
    std::fs::write(path("a file"), "").unwrap();
    assert!(usersig(&path("nowhere")).contains("there is no data"));
    assert!(usersig(&path("a file")).contains("check the path, its permissions"));

    said(&program(&["app", "--data", &path("data"), "--id", "7"]));
    let data = Data::existing(Path::new(&path("data"))).unwrap();
    {
        let _lock = data.lock().unwrap();
        assert!(kick(&path("data")).contains("is not ready yet: try again"));
        std::fs::write(path("data/admin"), "127.0.0.1:1\ntoken\n").unwrap();
        assert!(kick(&path("data")).contains("127.0.0.1:1: Connection refused"));
        std::fs::remove_file(path("data/admin")).unwrap();
        std::fs::create_dir(path("data/admin")).unwrap();
        assert!(kick(&path("data")).contains("admin: Is a directory"));
    }
    std::fs::remove_file(path("data/lock")).unwrap();
    std::fs::create_dir(path("data/lock")).unwrap();
    assert!(kick(&path("data")).contains("lock: Is a directory"));
}

#[tokio::test]
#[cfg(unix)]
async fn whoever_looks_into_a_folder_reads_neither_keys_nor_pictures() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Server::start().await;
    let copy = server.folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o755)).unwrap();
    said(&program(&["backup", "--data", &text(&server.data()), "--to", &text(&copy)]));
    for folder in [server.data(), copy] {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let found = entry.metadata().unwrap();
            let private = if found.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(found.permissions().mode() & 0o777, private, "{}", entry.path().display());
            names.push(entry.file_name());
        }
        assert!(
            ["tim.db", "ticket.key", "media"].iter().all(|name| names.contains(&(*name).into())),
            "{names:?}"
        );
    }
}

#[test]
fn a_backup_that_fails_names_the_culprit_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| text(&folder.path().join(name));
    let (new, mounted) = (path("new"), path("mounted"));
    std::fs::create_dir(&mounted).unwrap();
    let left_nothing = || !Path::new(&new).exists() && std::fs::read_dir(&mounted).unwrap().next().is_none();
    for data in ["no database", "cut short"] {
        said(&program(&["app", "--data", &path(data)]));
    }
    std::fs::write(path("no database/tim.db"), "not a database".repeat(100)).unwrap();
    let cut = std::fs::File::options().write(true).open(path("cut short/tim.db")).unwrap();
    cut.set_len(50_000).unwrap();
    for data in ["no database", "cut short"] {
        for to in [&new, &mounted] {
            let why = refusal(&program(&["backup", "--data", &path(data), "--to", to]));
            assert!(why.contains(&path(&format!("{data}/tim.db: the database is damaged"))), "{why}");
            assert!(left_nothing(), "{data}, {to}");
        }
    }
}

#[test]
#[cfg(unix)]
fn a_backup_that_finds_no_room_leaves_none_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| text(&folder.path().join(name));
    let (data, new, mounted) = (path("data"), path("new"), path("mounted"));
    said(&program(&["app", "--data", &data]));
    std::fs::create_dir(&mounted).unwrap();
    // No file may grow beyond half of the database.
    let script = "trap '' XFSZ; ulimit -f 100; exec \"$0\" backup --data \"$1\" --to \"$2\"";
    let backup = |to: &str| {
        let program = env!("CARGO_BIN_EXE_tim-server");
        Command::new("sh").args(["-c", script, program, &data, to]).output().unwrap()
    };
    for to in [&new, &mounted] {
        let why = refusal(&backup(to));
        assert!(why.contains("the free space"), "{why}");
    }
    assert!(!Path::new(&new).exists() && std::fs::read_dir(&mounted).unwrap().next().is_none());
    said(&program(&["backup", "--data", &data, "--to", &mounted]));
}

#[cfg(unix)]
#[test]
fn a_certificate_is_for_its_owner_alone_and_never_takes_the_place_of_another() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("tls");
    let make = || program(&["cert", "--host", "192.168.1.20", "--to", &text(&to)]);
    let (answer, remark) = said(&make());
    let config: toml::Table = answer.parse().unwrap();
    assert_eq!(config["tls"]["certificate"].as_str(), Some(text(&to.join("certificate.pem")).as_str()));
    assert!(remark.contains("root.pem") && remark.contains("192.168.1.20"), "{remark}");
    let key = std::fs::read(to.join("key.pem")).unwrap();
    assert_eq!(std::fs::metadata(to.join("key.pem")).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(refusal(&make()).contains("key.pem"));
    assert_eq!(std::fs::read(to.join("key.pem")).unwrap(), key);
}

#[tokio::test]
async fn users_are_made_before_their_first_login_with_and_without_a_server() {
    let mut server = Server::start().await;
    let (data, app) = (text(&server.data()), server.app.to_string());
    let put = |user: &str, more: &[&str]| {
        program(&[&["user", "put", "--data", &data, "--app", &app, "--user", user], more].concat())
    };
    let list = || said(&program(&["user", "list", "--data", &data, "--app", &app])).0;
    let mut alice = server.login("alice").await;
    said(&put("bob", &["--nick", "Bob", "--avatar", "https://example.org/bob.png"]));
    assert_eq!(alice.sends("C2Cbob", "he never was here").await["r"]["sequence"], 1);
    let bob = "bob\tBob\thttps://example.org/bob.png\n";
    assert_eq!(list(), format!("alice\t\t\n{bob}"));
    said(&put("alice", &["--nick", "Alice"]));
    let told = alice.envelope(|envelope| envelope["ev"] == "change").await;
    assert_eq!((&told["p"]["kind"], &told["p"]["profile"]["nick"]), (&"profile".into(), &"Alice".into()));
    let long = "x".repeat(501);
    assert!(refusal(&put("carol", &["--nick", &long])).contains("too long"));
    assert!(refusal(&put("bad id\n", &[])).contains("printable ASCII"));

    server.process.take().unwrap().kill().await.unwrap();
    for _ in 0..2 {
        said(&put("carol", &[]));
        said(&put("bob", &["--avatar", "https://example.org/bob.png"]));
    }
    assert!(refusal(&put("carol", &["--nick", &long])).contains("too long"));
    assert_eq!(list(), format!("alice\tAlice\t\n{bob}carol\t\t\n"));
    let other = program(&["user", "put", "--data", &data, "--app", "8", "--user", "bob"]);
    assert!(refusal(&other).contains("tim-server app"));
    assert!(refusal(&program(&["user", "list", "--data", &data, "--app", "8"])).contains("tim-server app"));
}
