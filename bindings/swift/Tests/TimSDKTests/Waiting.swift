// How stories wait: for what they wait for, never for time to pass. A story that waits in vain says where, and what there was.

import Foundation
import XCTest

/// A value that several threads change and others wait for. `@unchecked`: everything is touched with the lock held only.
final class Shared<Value: Sendable>: @unchecked Sendable {
    private struct Waiter {
        let id: UUID
        /// Takes what is waited for out of the value and goes on with it, if it is there.
        let isServed: (inout Value) -> Bool
        let giveUp: (Value) -> Void
    }

    private let lock = NSLock()
    private var content: Value
    private var waiting: [Waiter] = []

    init(_ content: Value) { self.content = content }

    var value: Value { lock.withLock { content } }

    @discardableResult
    func change<Result>(_ work: (inout Value) -> Result) -> Result {
        lock.withLock {
            defer { waiting.removeAll { $0.isServed(&content) } }
            return work(&content)
        }
    }

    /// What `look` finds in the value, as soon as it is there; `look` may take it out.
    @discardableResult
    func first<Found: Sendable>(
        file: StaticString = #fileID, line: UInt = #line, _ look: @escaping @Sendable (inout Value) -> Found?
    ) async throws -> Found {
        try await withCheckedThrowingContinuation { continuation in
            let waiter = Waiter(id: UUID()) { content in
                guard let found = look(&content) else { return false }
                continuation.resume(returning: found)
                return true
            } giveUp: { content in
                continuation.resume(throwing: WaitedInVain(description: "\(file):\(line) waited in vain; there was \(content)"))
            }
            lock.withLock { if !waiter.isServed(&content) { waiting.append(waiter) } }
            DispatchQueue.global().asyncAfter(deadline: .now() + patience) { [weak self, id = waiter.id] in self?.giveUp(id) }
        }
    }

    private func giveUp(_ id: UUID) {
        lock.withLock {
            guard let place = waiting.firstIndex(where: { $0.id == id }) else { return }
            waiting.remove(at: place).giveUp(content)
        }
    }
}

/// A gate that one side opens and others wait at: in a task by `opened`, on a thread by `wait`.
final class Gate: Sendable {
    private let isOpen = Shared(false)

    func open() { isOpen.change { $0 = true } }

    func opened(file: StaticString = #fileID, line: UInt = #line) async throws {
        try await isOpen.first(file: file, line: line) { $0 ? true : nil }
    }

    func wait(file: StaticString = #fileID, line: UInt = #line) {
        blocking { try await self.opened(file: file, line: line) }
    }
}

/// What `work` gives, if it ends: a loop over a stream may have nothing to end it.
@discardableResult
func inTime<Value: Sendable>(
    file: StaticString = #fileID, line: UInt = #line, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let ended = Shared<Result<Value, any Error>?>(nil)
    Task {
        let result: Result<Value, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        ended.change { $0 = result }
    }
    return try await ended.first(file: file, line: line) { $0 }.get()
}

/// Tells when nobody holds it any more: what a callback captures to see whether it was let go.
final class Probe: Sendable {
    private let gone: Gate

    init(_ gone: Gate) { self.gone = gone }

    deinit { gone.open() }
}

/// Waits for a task where there is no `await`: in a callback.
func blocking(_ work: @escaping @Sendable () async throws -> Void) {
    let done = DispatchSemaphore(value: 0)
    Task {
        do { try await work() } catch { XCTFail("\(error)") }
        done.signal()
    }
    done.wait()
}

/// How long a story waits for what has to come, in seconds: long enough for a busy machine.
private let patience = 30.0

private struct WaitedInVain: Error, CustomStringConvertible {
    let description: String
}
