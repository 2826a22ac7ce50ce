import{$a as o,bb as t}from"./chunk-YGW6L6VE.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
