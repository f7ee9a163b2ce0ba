/** Which copy of these classes has the native library, where several class loaders of a process have one each. */
package im.tim.sdk

import com.sun.jna.NativeLibrary
import com.sun.jna.Pointer

/**
 * The library has one table of callbacks for the whole process, and a second class loader that registers its own would take the
 * events of the first. So the first copy owns the library until the process ends, and every other copy is refused. The system's
 * properties are what all class loaders of a process share. A library loaded from another file has its own table, and owner.
 */
internal object LibraryOwner {
    private val owns: Boolean

    init {
        val loader = LibraryOwner::class.java.classLoader
        // As the generated code loads it, so that this is the same library.
        val library = NativeLibrary.getInstance(findLibraryName("tim"), loader)
        val address = Pointer.nativeValue(library.getGlobalVariableAddress("ffi_tim_ffi_uniffi_contract_version"))
        owns = System.getProperties().putIfAbsent("im.tim.sdk.owner.$address", "$loader") == null
    }

    /**
     * The generated code calls this before each call of the library.
     *
     * @throws TimException.Refused with [TimCode.LOADED_TWICE] in every copy but the owner.
     */
    fun check() {
        if (!owns) throw TimException.Refused(TimCode.LOADED_TWICE, LOADED_TWICE)
    }
}

private const val LOADED_TWICE =
    "the library belongs to another class loader of this process: load tim once, by a class loader that both share"
