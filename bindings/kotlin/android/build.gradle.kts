// The Android plugin compiles Kotlin itself; naming Kotlin's here says with which version.
plugins {
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.kotlin.android) apply false
}
