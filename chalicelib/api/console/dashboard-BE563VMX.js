import{a as o,b as t}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
