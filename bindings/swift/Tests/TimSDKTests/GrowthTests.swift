// A million events and a crowd of calls and listeners leave nothing behind.

import TimSDK
import XCTest

final class GrowthTests: XCTestCase {
    func testAMillionEvents() async throws {
        try await noGrowth(times: 1_000_000, atOnce: 2_000) { alice, heard in
            alice.tim.onAll { _ in heard.change { $0 += 1 } }
            return { alice.raiseAnEvent() }
        }
    }

    func testManyCallsListenersAndStreams() async throws {
        try await noGrowth(times: 100_000, atOnce: 1_000) { alice, done in
            {
                // A call that is refused at once is a whole way there and back.
                _ = try? await alice.tim.getConversationList()
                alice.tim.off(alice.tim.onAll { _ in })
                _ = alice.tim.events()
                done.change { $0 += 1 }
            }
        }
    }

    /// Does a thing so many times, `atOnce` before it waits for their ends, and compares memory with that after a tenth. The limit
    /// is lower than what is left of 256 bytes each time.
    private func noGrowth(
        times: Int, atOnce: Int, prepare: (Person, Shared<Int>) -> () async -> Void
    ) async throws {
        let (alice, done) = (try Person("growth"), Shared(0))
        alice.tim.off(alice.ears)  // It keeps what it hears.
        let act = prepare(alice, done)
        var begun = 0
        func run(_ count: Int) async throws {
            for _ in 0..<count / atOnce {
                for _ in 0..<atOnce { await act() }
                begun += atOnce
                try await done.first { [begun] in $0 >= begun ? true : nil }
            }
        }
        try await run(times / 10)
        let before = try resident()
        try await run(times - times / 10)
        let after = try resident()
        try await alice.tim.destroy()
        print("memory after \(times / 10): \(before >> 10) KiB, after \(times): \(after >> 10) KiB")
        XCTAssertLessThan(after - before, 8 << 20, "the process grew")
    }

    /// What the program holds of the machine's memory, in bytes.
    private func resident() throws -> Int {
        #if canImport(Darwin)
        var info = mach_task_basic_info()
        var count = mach_msg_type_number_t(MemoryLayout<mach_task_basic_info>.size / MemoryLayout<integer_t>.size)
        let result = withUnsafeMutablePointer(to: &info) { info in
            info.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                task_info(task_self_trap(), task_flavor_t(MACH_TASK_BASIC_INFO), $0, &count)
            }
        }
        XCTAssertEqual(result, KERN_SUCCESS)
        return Int(info.resident_size)
        #else
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
        return Int(pages)! * Int(getpagesize())
        #endif
    }
}
