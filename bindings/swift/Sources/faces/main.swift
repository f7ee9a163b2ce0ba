// What it costs to cross into Swift: one event in batches of 1, 10 and 100, and the round trip of a call.
//
// script/bench faces runs it; the other languages have the same program. An event is what a call raises that is refused
// because nobody is logged in. A batch is made by holding the listener while it queues up; what is timed is from letting go
// to the end of the callback that got it. Prints medians, asserts nothing.

import Foundation
import TimSDK

/// Hears events. What it shares is guarded by its semaphores: each side writes only while the other waits.
final class Listening: @unchecked Sendable {
    var isHolding = false
    var ended = DispatchTime.now()
    let held = DispatchSemaphore(value: 0)
    let goOn = DispatchSemaphore(value: 0)
    let done = DispatchSemaphore(value: 0)

    func onEvents(_ events: [TimEvent]) {
        if isHolding {
            held.signal()
            goOn.wait()
        } else {
            ended = DispatchTime.now()
            done.signal()
        }
    }
}

func microseconds(_ from: DispatchTime, _ to: DispatchTime) -> Double {
    Double(to.uptimeNanoseconds - from.uptimeNanoseconds) / 1e3
}

func raiseEvent(_ tim: Tim) {
    _ = try? tim.createTextMessage(to: "bob", conversationType: .c2c, text: "hello")
}

/// Where others use the machine too, some rounds take a hundred times as long.
func median(_ rounds: [Double]) -> Double {
    rounds.sorted()[rounds.count / 2]
}

/// Microseconds per event of a batch.
func batch(_ tim: Tim, _ ears: Listening, size: Int) -> Double {
    let rounds = (0..<3000 / size + 300).map { _ in
        ears.isHolding = true
        raiseEvent(tim)
        ears.held.wait()
        ears.isHolding = false
        for _ in 0..<size { raiseEvent(tim) }
        let began = DispatchTime.now()
        ears.goOn.signal()
        ears.done.wait()
        return microseconds(began, ears.ended)
    }
    return median(rounds) / Double(size)
}

/// Microseconds of a call that asks no server: logging out when nobody is logged in.
func roundTrip(_ tim: Tim) async throws -> Double {
    var rounds: [Double] = []
    for _ in 0..<5000 {
        let began = DispatchTime.now()
        try await tim.logout()
        rounds.append(microseconds(began, .now()))
    }
    return median(rounds)
}

let tim = try Tim.create(options: TimOptions(sdkAppID: 1, server: "ws://127.0.0.1:9", dataDir: CommandLine.arguments[1]))
let ears = Listening()
tim.addListener(ears.onEvents)
// First without telling: caches and the engine's threads warm up.
for size in [1, 10, 100] { _ = batch(tim, ears, size: size) }
_ = try await roundTrip(tim)
for size in [1, 10, 100] {
    print("  event into Swift, batch of \(size): \(String(format: "%.2f", batch(tim, ears, size: size))) us")
}
print("  round trip of a call from Swift: \(String(format: "%.2f", try await roundTrip(tim))) us")
try await shutdown()
