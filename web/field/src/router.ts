import { createRouter, createWebHistory, type Router } from 'vue-router'
import MePage from './me/MePage.vue'
import PatrolPage from './patrol/PatrolPage.vue'
import ReportPage from './report/ReportPage.vue'
import TaskPage from './task/TaskPage.vue'
import TodayPage from './today/TodayPage.vue'
import UnsentPage from './unsent/UnsentPage.vue'
import LooksPage from './walk/LooksPage.vue'

/** Every page but the map is in the first load, so that the walk goes on without a network. */
export function makeRouter(): Router {
  return createRouter({
    history: createWebHistory('/field/'),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/', name: 'today', component: TodayPage },
      { path: '/task/:number', name: 'task', component: TaskPage },
      { path: '/patrol/:cell', name: 'patrol', component: PatrolPage },
      { path: '/report', name: 'report', component: ReportPage },
      { path: '/unsent', name: 'unsent', component: UnsentPage },
      { path: '/me', name: 'me', component: MePage },
      { path: '/looks', name: 'looks', component: LooksPage },
      { path: '/:lost(.*)*', redirect: '/' },
    ],
  })
}
