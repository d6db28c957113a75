// Start of the pages: colours, language, routes.

import { createApp } from 'vue'
import App from './App.vue'
import { i18n, rememberedLocale, setLocale } from './i18n'
import { router } from './router'
import { watchSession } from './state/session'
import './styles/base.css'
import { applyPalette } from './tokens/palette'

applyPalette(document.documentElement)
watchSession(() => void router.push({ name: 'login', query: { next: router.currentRoute.value.fullPath } }))
await setLocale(rememberedLocale())
createApp(App).use(i18n).use(router).mount('#app')
