import{ib as o,kb as t}from"./chunk-WQC7JUWH.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
