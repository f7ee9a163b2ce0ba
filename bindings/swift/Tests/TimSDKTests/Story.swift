// What the stories need: people with devices, a server, pictures. Nothing here checks anything.

import Foundation
import TimSDK
import XCTest

/// A real server, which ends with the tests.
final class TestServer: Sendable {
    let address: String
    let app: UInt32
    private let binary: String
    private let data = freshFolder() + "/server"

    init() {
        guard let binary = ProcessInfo.processInfo.environment["TIM_SERVER_BIN"] else {
            fatalError("TIM_SERVER_BIN has to name a tim-server: script/test-swift sets it")
        }
        self.binary = binary
        let made = output(of: binary, ["app", "--data", data]).split(separator: "\n").first { $0.hasPrefix("SDKAppID ") }
        app = made.flatMap { UInt32($0.split(separator: " ")[1]) }!

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

func freshFolder() -> String {
    let folder = NSTemporaryDirectory() + "tim-" + UUID().uuidString
    try! FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
}

/// Somebody with a device, who hears everything. Nobody of another story has the same userID.
final class Person: Sendable {
    let name: String
    let folder = freshFolder()
    let tim: Tim
    let ears: Listener
    let heard = Inbox()

    /// Not logged in.
    init(_ name: String) throws {
        self.name = name + "-" + UUID().uuidString.prefix(8).lowercased()
        tim = try Tim.create(options: Person.options(self.name, folder, theServer.address))
        ears = tim.on { [heard] in heard.add($0) }
    }

    /// Logged in and ready.
    static func ready(_ name: String) async throws -> Person {
        let person = try Person(name)
        try await person.logIn()
        return person
    }

    func options(server: String = theServer.address) -> TimOptions { Person.options(name, folder, server) }

    private static func options(_ name: String, _ folder: String, _ server: String) -> TimOptions {
        TimOptions(sdkAppId: theServer.app, server: server, dataDir: folder, instance: name)
    }

    func logIn() async throws {
        _ = try await tim.login(userId: name, userSig: theServer.sig(of: name))
        try await next { $0 == .sdkReady }
    }

    @discardableResult
    func say(_ words: String, to other: Person) async throws -> Message {
        try await tim.sendMessage(message: tim.createTextMessage(to: .c2c(other.name), text: words))
    }

    /// The next event that is so; others on the way are passed over, their messages kept for `nextMessage`.
    @discardableResult
    func next(_ isIt: @escaping @Sendable (TimEvent) -> Bool) async throws -> TimEvent {
        try await soon { [heard] in heard.next(isIt) }
    }

    func nextMessage() async throws -> Message { try await soon { [heard] in heard.nextMessage() } }

    func nextError(_ code: UInt32) async throws { try await next { $0.errorCode == code } }

    /// Makes the engine tell an `error` event: nobody may write before login.
    func raiseAnEvent() { _ = try? tim.createTextMessage(to: "C2Cnobody", text: "hello") }

    /// Makes the engine tell an event to somebody who is logged in.
    func changeNick() async throws {
        _ = try await tim.updateMyProfile(fields: ProfileFields(nick: "\(name) the second"))
    }
}

/// What somebody heard and nobody has asked for yet. `@unchecked`: everything is touched with the lock held only.
final class Inbox: @unchecked Sendable {
    private let lock = NSLock()
    private var events: [TimEvent] = []
    private var messages: [Message] = []

    func add(_ event: TimEvent) {
        lock.withLock {
            events.append(event)
            if case .messageReceived(let new) = event { messages += new }
        }
    }

    func next(_ isIt: (TimEvent) -> Bool) -> TimEvent? {
        lock.withLock {
            let found = events.firstIndex(where: isIt)
            defer { events.removeFirst(found.map { $0 + 1 } ?? events.count) }
            return found.map { events[$0] }
        }
    }

    func nextMessage() -> Message? { lock.withLock { messages.isEmpty ? nil : messages.removeFirst() } }
}

/// A value that several threads change. `@unchecked`: it is touched with the lock held only.
final class Shared<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var content: Value

    init(_ content: Value) { self.content = content }

    var value: Value { lock.withLock { content } }

    @discardableResult
    func change<Result>(_ work: (inout Value) -> Result) -> Result { lock.withLock { work(&content) } }
}

/// A gate that one side opens and another waits at: on a thread by `wait`, in a task by `opened`.
final class Gate: Sendable {
    private let open = Shared(false)

    func go() { open.change { $0 = true } }
    var isOpen: Bool { open.value }
    func wait() { while !open.value { usleep(1_000) } }
    func opened() async throws { try await soon { [open] in open.value ? true : nil } }
}

struct WaitedInVain: Error {}

/// What `look` finds within half a minute.
@discardableResult
func soon<T>(_ look: @Sendable () -> T?) async throws -> T {
    for _ in 0..<15_000 {
        if let found = look() { return found }
        try await Task.sleep(nanoseconds: 2_000_000)
    }
    throw WaitedInVain()
}

/// Waits for a task where there is no `await`: in a listener.
func blocking(_ work: @escaping @Sendable () async throws -> Void) {
    let done = DispatchSemaphore(value: 0)
    Task {
        do { try await work() } catch { XCTFail("\(error)") }
        done.signal()
    }
    done.wait()
}

/// The error that `work` fails with.
func failure(of work: () async throws -> Void, line: UInt = #line) async -> TimError? {
    do {
        try await work()
        XCTFail("it did not fail", line: line)
        return nil
    } catch {
        return error as? TimError
    }
}

extension TimEvent {
    var errorCode: UInt32? {
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

/// What calls are refused with while nobody is logged in.
let notLoggedIn: UInt32 = 2_024
/// The event that tells of a listener that failed.
let listenerFailed: UInt32 = 130_163
/// What a destroyed instance answers.
let destroyed: UInt32 = 130_160
