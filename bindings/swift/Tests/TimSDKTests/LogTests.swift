// The log, which is one for the whole process: it goes where the host says, and the host's code is called like any other.

import TimSDK
import XCTest

final class LogTests: XCTestCase {
    override func tearDown() async throws { setLogSink(nil) }

    func testASinkMayThrowAndCallTheEngine() async throws {
        let (alice, lines) = (try Person("alice"), Shared<[String]>([]))
        let tim = try alice.alone()
        setLogSink { _, line in
            _ = (tim.isReady(), tim.getLoginUser())
            tim.networkChanged(up: true)
            try setLogLevel(1)
            lines.change { $0.append(line) }
            throw Mine()
        }
        let login = Task { await failure { try await tim.login(userID: alice.name, userSig: alice.sig) } }
        // Attempts to connect fail one after the other; each is logged, whatever became of the line before.
        try await lines.first { $0.count < 3 ? nil : $0 }
        try await tim.destroy()
        _ = await login.value
    }

    func testASinkMayTakeItselfOffAndIsLetGo() async throws {
        let (alice, lines, gone) = (try Person("alice"), Shared(0), Gate())
        let tim = try alice.alone()
        setLogSink { [probe = Probe(gone)] _, _ in
            setLogSink(nil)
            withExtendedLifetime(probe) { lines.change { $0 += 1 } }
        }
        let login = Task { await failure { try await tim.login(userID: alice.name, userSig: alice.sig) } }
        try await gone.opened()
        XCTAssertGreaterThan(lines.value, 0)
        try await tim.destroy()
        _ = await login.value
    }
}
