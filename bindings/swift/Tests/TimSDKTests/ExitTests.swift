// A program that ends without a word to the engine, in a process of its own: it ends at once, and well.

import XCTest

final class ExitTests: XCTestCase {
    func testMainReturnsWhileLoggedIn() throws { try endsWell("return") }
    func testExitIsCalledWhileLoggedIn() throws { try endsWell("exit") }
    func testExitIsCalledInAListener() throws { try endsWell("exit-in-listener") }
    func testMainReturnsWhileAListenerBlocks() throws { try endsWell("blocked") }
    func testMainReturnsWhileASendIsUnderWay() throws { try endsWell("sending") }

    private func endsWell(_ how: String) throws {
        let user = "alice-\(how)"
        let (child, said) = (Process(), Pipe())
        // Beside the tests, which are a bundle on macOS and an executable elsewhere.
        let tests = Bundle(for: ExitTests.self).bundleURL
        let built = tests.pathExtension == "xctest" ? tests.deletingLastPathComponent() : tests
        child.executableURL = built.appendingPathComponent("leaving")
        child.arguments = [how, theServer.address, "\(theServer.app)", user, theServer.sig(of: user), freshFolder()]
        child.standardOutput = said
        try child.run()
        let pid = child.processIdentifier
        let late = DispatchWorkItem { kill(pid, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 30, execute: late)
        let output = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.waitUntilExit()
        late.cancel()
        XCTAssertEqual(child.terminationReason, .exit, output)
        XCTAssertEqual(child.terminationStatus, 0, output)
        let leaving = try XCTUnwrap(output.split(separator: " ").last.flatMap { Double($0.dropLast()) }, output)
        XCTAssertLessThan(Date().timeIntervalSince1970 - leaving, 3)
    }
}
