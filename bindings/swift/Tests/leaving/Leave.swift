// How the program leaves. It says when, so that the test knows how long it took.

import Foundation

func leave() {
    say()
    exit(0)
}

func say() {
    print("leaving \(Date().timeIntervalSince1970)")
    fflush(nil)
}

func forever() {
    while true { sleep(60) }
}

/// Waits where `await` would: this program has nothing else to do meanwhile.
func wait(for semaphore: DispatchSemaphore) {
    semaphore.wait()
}
