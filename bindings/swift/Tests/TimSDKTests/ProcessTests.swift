// What needs a process of its own, because it ends the process, all its instances, or its disk: Tests/alone, run in several
// ways. Each says by its exit code that all was as it has to be.

import XCTest

final class ProcessTests: XCTestCase {
    func testMainReturnsWhileLoggedIn() throws { try endsWell("return") }
    func testExitIsCalledWhileLoggedIn() throws { try endsWell("exit") }
    func testExitIsCalledInAListener() throws { try endsWell("exit-in-listener") }
    func testMainReturnsWhileAListenerBlocks() throws { try endsWell("blocked") }
    func testMainReturnsWhileASendIsUnderWay() throws { try endsWell("sending") }
    func testAListenerMayEndAllInstances() throws { try endsWell("shutdown-in-listener") }
    func testADiskThatTakesNothingIsToldAndForgiven() throws { try endsWell("full-disk") }

    private func endsWell(_ how: String) throws {
        let user = "alice-\(how)"
        let (child, said) = (Process(), Pipe())
        // Beside the tests, which are a bundle on macOS and an executable elsewhere.
        let tests = Bundle(for: ProcessTests.self).bundleURL
        let built = tests.pathExtension == "xctest" ? tests.deletingLastPathComponent() : tests
        child.executableURL = built.appendingPathComponent("alone")
        child.arguments = [how, theServer.address, "\(theServer.app)", user, theServer.sig(of: user), freshFolder()]
        (child.standardOutput, child.standardError) = (said, said)
        try child.run()
        let pid = child.processIdentifier
        let late = DispatchWorkItem { kill(pid, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 30, execute: late)
        let output = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.waitUntilExit()
        late.cancel()
        XCTAssertEqual(child.terminationReason, .exit, output)
        XCTAssertEqual(child.terminationStatus, 0, output)
    }
}
