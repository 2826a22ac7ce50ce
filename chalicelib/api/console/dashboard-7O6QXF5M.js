import{Wa as o,Ya as t}from"./chunk-F7EBDJF4.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
