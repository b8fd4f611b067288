import { createRouter, createWebHistory, type Router } from 'vue-router'
import DeskPage from './desk/DeskPage.vue'
import LoginPage from './login/LoginPage.vue'
import type { ConsoleState } from './state'

/** One address for everything that can be selected. */
export function makeRouter(state: ConsoleState): Router {
  const router = createRouter({
    history: createWebHistory('/console/'),
    routes: [
      { path: '/login', name: 'login', component: LoginPage, meta: { open: true } },
      { path: '/', name: 'desk', component: DeskPage },
      { path: '/case/:number', name: 'case', component: DeskPage },
      { path: '/map', name: 'map', component: () => import('./map/MapPage.vue') },
      { path: '/case/:number/why', name: 'why', component: () => import('./why/WhyPage.vue') },
      { path: '/alarms', name: 'alarms', component: () => import('./alarms/AlarmsPage.vue') },
      { path: '/shift/:id(\\d+)?', name: 'shift', component: () => import('./shift/ShiftPage.vue') },
      { path: '/wall', name: 'wall', component: () => import('./wall/WallPage.vue') },
      { path: '/new', name: 'new', component: () => import('./intake/IntakePage.vue') },
      { path: '/unit/:number?', name: 'unit', component: () => import('./unit/UnitPage.vue') },
      { path: '/cases', name: 'cases', component: () => import('./cases/CasesPage.vue') },
      { path: '/incidents', name: 'incidents', component: () => import('./incidents/IncidentsPage.vue') },
      { path: '/announcements/:id(\\d+)?', name: 'announcements', component: () => import('./announcements/AnnouncementsPage.vue') },
      { path: '/fleet/vehicles/:id(\\d+)?', name: 'vehicles', component: () => import('./fleet/VehiclesPage.vue') },
      { path: '/fleet/fences/:code?', name: 'fences', component: () => import('./fleet/fences/FencesPage.vue') },
      { path: '/fleet/rules/:code?', name: 'rules', component: () => import('./fleet/rules/RulesPage.vue') },
      { path: '/fleet/permits', name: 'permits', component: () => import('./fleet/PermitsPage.vue') },
      { path: '/fleet/lists/:code?', name: 'lists', component: () => import('./fleet/lists/ListsPage.vue') },
      { path: '/fleet/routes/:number?', name: 'routes', component: () => import('./fleet/routes/RoutesPage.vue') },
      { path: '/fleet/occasions/:code?', name: 'occasions', component: () => import('./fleet/occasions/OccasionsPage.vue') },
      { path: '/fleet/who', name: 'who', component: () => import('./fleet/who/WhoPage.vue') },
      { path: '/fleet/texts', name: 'texts', component: () => import('./fleet/texts/TextsPage.vue') },
      { path: '/fleet/strangers', name: 'strangers', component: () => import('./fleet/StrangersPage.vue') },
      { path: '/fleet/warnings/:id(\\d+)?', name: 'warnings', component: () => import('./fleet/warnings/WarningsPage.vue') },
      { path: '/ledger/:position(\\d+)?', name: 'ledger', component: () => import('./ledger/LedgerPage.vue') },
      { path: '/forecast/:number?', name: 'forecast', component: () => import('./forecast/ForecastPage.vue') },
      { path: '/statistics', name: 'statistics', component: () => import('./statistics/StatisticsPage.vue') },
      { path: '/insight', name: 'insight', component: () => import('./insight/InsightPage.vue') },
      { path: '/masters', name: 'masters', component: () => import('./masters/MastersPage.vue') },
      { path: '/simulation/:id(\\d+)?', name: 'simulation', component: () => import('./simulation/SimulationPage.vue') },
      { path: '/people', name: 'people', component: () => import('./people/PeoplePage.vue') },
      { path: '/settings', name: 'settings', component: () => import('./settings/SettingsPage.vue') },
      { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./shell/NowherePage.vue') },
    ],
  })

  router.beforeEach(async (to) => {
    if (!state.app.site.value) await state.app.begin()
    if (to.meta.open || !state.app.site.value) return true
    if (state.app.person.value) return true
    return { name: 'login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  })
  window.addEventListener('gridloop:signed-out', () => void router.push({ name: 'login', query: { to: router.currentRoute.value.fullPath } }))
  return router
}
