// What the stories need: people with devices, a server, pictures. Nothing here checks anything.

import Foundation
import TimSDK
import XCTest

/// A real server, which ends with the tests.
final class TestServer: Sendable {
    let address: String
    let app: Int64
    private let binary: String
    private let data = freshFolder() + "/server"

    init() {
        guard let binary = ProcessInfo.processInfo.environment["TIM_SERVER_BIN"] else {
            fatalError("TIM_SERVER_BIN has to name a tim-server: script/test-swift sets it")
        }
        self.binary = binary
        let made = output(of: binary, ["app", "--data", data]).split(separator: "\n").first { $0.hasPrefix("SDKAppID ") }
        app = made.flatMap { Int64($0.split(separator: " ")[1]) }!

        let server = Process()
        let said = Pipe()
        server.executableURL = URL(fileURLWithPath: binary)
        server.arguments = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
        server.standardOutput = said
        server.standardError = FileHandle.nullDevice
        try! server.run()
        TestServer.pid = server.processIdentifier
        // Not SIGTERM: what is started from a thread of Dispatch's inherits that it is blocked.
        atexit { kill(TestServer.pid, SIGKILL) }
        // The first line tells the address: "listening on ws://…". More may follow.
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let more = said.fileHandleForReading.availableData
            precondition(!more.isEmpty, "the server did not start")
            line.append(more)
        }
        address = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)[2]
    }

    /// A token, as an app's backend makes it.
    func sig(of user: String) -> String {
        output(of: binary, ["usersig", "--data", data, "--app", "\(app)", "--user", user])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What the server says it is.
    var version: String { output(of: binary, ["--version"]).trimmingCharacters(in: .whitespacesAndNewlines) }

    // Written once, before what reads it is registered.
    private nonisolated(unsafe) static var pid: Int32 = 0
}

let theServer = TestServer()

/// What a program prints.
func output(of program: String, _ arguments: [String]) -> String {
    let (process, said) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = said
    try! process.run()
    let all = said.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: all, as: UTF8.self)
}

/// Where everything is written. It goes with the tests, after the server: what is registered first at exit runs last.
private let allFolders: String = {
    let folder = NSTemporaryDirectory() + "tim-" + UUID().uuidString
    atexit { try? FileManager.default.removeItem(atPath: allFolders) }
    return folder
}()

func freshFolder() -> String {
    let folder = allFolders + "/" + UUID().uuidString
    try! FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
}

/// Somebody with a device, who hears everything. Nobody of another story has the same userID.
final class Person: Sendable {
    let name: String
    let folder = freshFolder()
    let tim: Tim
    let ears: Listener
    /// What was heard and nobody has asked for yet.
    private let events = Shared<[TimEvent]>([])
    private let messages = Shared<[Message]>([])

    /// Not logged in.
    init(_ name: String) throws {
        self.name = name + "-" + UUID().uuidString.prefix(8).lowercased()
        tim = try Tim.create(options: Person.options(self.name, folder))
        ears = tim.onAll { [events, messages] event in
            if case .messageReceived(let new) = event { messages.change { $0 += new } }
            events.change { $0.append(event) }
        }
    }

    /// Logged in and ready.
    static func ready(_ name: String) async throws -> Person {
        let person = try Person(name)
        try await person.logIn()
        return person
    }

    var options: TimOptions { Person.options(name, folder) }
    var sig: String { theServer.sig(of: name) }

    private static func options(_ name: String, _ folder: String) -> TimOptions {
        TimOptions(sdkAppID: theServer.app, server: theServer.address, dataDir: folder, instance: name)
    }

    func logIn() async throws {
        try await tim.login(userID: name, userSig: sig)
        try await next { $0 == .sdkReady }
    }

    @discardableResult
    func say(_ words: String, to other: Person) async throws -> Message {
        try await tim.sendMessage(tim.createTextMessage(to: other.name, conversationType: .c2c, text: words))
    }

    /// The next event that is so; others on the way are passed over, their messages kept for `nextMessage`.
    @discardableResult
    func next(
        file: StaticString = #fileID, line: UInt = #line, _ isIt: @escaping @Sendable (TimEvent) -> Bool
    ) async throws -> TimEvent {
        try await events.first(file: file, line: line) { events in
            guard let place = events.firstIndex(where: isIt) else { return nil }
            defer { events.removeFirst(place + 1) }
            return events[place]
        }
    }

    func nextMessage(file: StaticString = #fileID, line: UInt = #line) async throws -> Message {
        try await messages.first(file: file, line: line) { $0.isEmpty ? nil : $0.removeFirst() }
    }

    func nextError(_ code: Int32, file: StaticString = #fileID, line: UInt = #line) async throws {
        try await next(file: file, line: line) { $0.errorCode == code }
    }

    func raiseAnEvent() { tim.raiseAnEvent() }

    /// Makes the engine tell an event to somebody who is logged in.
    func changeNick() async throws {
        try await tim.updateMyProfile(ProfileFields(nick: "\(name) the second"))
    }

    /// An instance whose server is not there.
    func alone(server: String = "ws://127.0.0.1:1", loginTimeoutMs: Int32? = nil) throws -> Tim {
        try Tim.create(options: TimOptions(
            sdkAppID: theServer.app, server: server, dataDir: folder, instance: "\(name)-alone", loginTimeoutMs: loginTimeoutMs
        ))
    }
}

/// The error that `work` fails with.
func failure(file: StaticString = #filePath, line: UInt = #line, of work: () async throws -> Void) async -> TimError? {
    do {
        try await work()
        XCTFail("it did not fail", file: file, line: line)
        return nil
    } catch {
        return error as? TimError
    }
}

extension Tim {
    /// Calls `hear` with each event of any kind.
    @discardableResult
    func onAll(_ hear: @escaping @Sendable (TimEvent) throws -> Void) -> Listener {
        self.addListener { events in try events.forEach(hear) }
    }

    /// Makes the engine tell an `error` event: nobody may write before login.
    func raiseAnEvent() { _ = try? createTextMessage(to: "nobody", conversationType: .c2c, text: "hello") }
}

extension TimEvent {
    var errorCode: Int32? {
        if case .error(let code, _) = self { code } else { nil }
    }
}

/// A picture: a BMP file, big enough to be sent in several pieces if asked to.
func picture(_ width: Int, _ height: Int) -> Data {
    var file = Data(count: 54)
    for (place, value) in [(0, 0x4d42), (10, 54), (14, 40), (18, width), (22, height), (26, 1), (28, 24)] {
        file[place] = UInt8(value & 255)
        file[place + 1] = UInt8(value >> 8)
    }
    let line = (3 * width + 3) / 4 * 4
    file.append(contentsOf: (0..<line * height).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) })
    return file
}
